import Foundation

/// The built `strata` command, run as a user would.
struct Command {
  /// What a run left behind.
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  struct NotBuilt: Error, CustomStringConvertible {
    var description: String { "there is no strata command beside the tests: build it first" }
  }

  /// The repository's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The model and the table of an example, as arguments.
  static func example(_ name: String) -> [String] {
    let path = root.appending(path: "Examples/\(name)").path
    return ["\(path).strata", "--data", "\(path).csv"]
  }

  /// Found in the folder that the tests were built into, whatever its name.
  static func executable() throws -> URL {
    #if os(Linux)
      let image = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #else
      let image = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath ?? ""
    #endif
    var folder = URL(filePath: image).deletingLastPathComponent()
    while folder.pathComponents.count > 1 {
      let candidate = folder.appending(path: "strata")
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder)
      if exists, !isFolder.boolValue { return candidate }
      folder.deleteLastPathComponent()
    }
    throw NotBuilt()
  }

  /// Runs `strata` in `folder` and waits for it.
  /// - Parameters:
  ///   - interruptAfter: send it Ctrl-C after so many seconds.
  ///   - killAfter: kill it after so many seconds; the status is then that of the signal.
  ///   - signals: what else to send it, after so many seconds each.
  ///   - killWhenWritten: kill it as soon as there is something in one of these files.
  ///   - environment: what differs from that of the tests.
  ///   - shell: a shell's commands that are run before it, in its process.
  static func run(
    _ arguments: [String], in folder: Scratch, interruptAfter: Double? = nil,
    killAfter: Double? = nil, signals: [(after: Double, number: Int32)] = [],
    killWhenWritten files: [String] = [],
    environment: [String: String] = [:], shell: String? = nil
  ) async throws -> Result {
    let process = Process()
    process.executableURL = try executable()
    process.arguments = arguments
    if let shell {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(shell); exec \"$0\" \"$@\"", try executable().path] + arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder.url
    // Files, not pipes: nobody has to read while the command runs.
    let output = try folder.handle("stdout"), errors = try folder.handle("stderr")
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        // A shell that starts the tests in the background has them, and the command, ignore Ctrl-C.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        try process.run()
        let identifier = process.processIdentifier
        let all = [(interruptAfter, SIGINT), (killAfter, SIGKILL)] + signals.map { ($0, $1) }
        for (delay, number) in all {
          guard let delay else { continue }
          // A process that has ended has its identifier until it was waited for; the continuation comes after that.
          let timer = DispatchWorkItem { if process.isRunning { kill(identifier, number) } }
          DispatchQueue.global().asyncAfter(deadline: .now() + delay, execute: timer)
        }
        if !files.isEmpty {
          let watcher = DispatchWorkItem {
            while process.isRunning {
              if files.contains(where: folder.hasContent) { kill(identifier, SIGKILL) }
              usleep(500)
            }
          }
          DispatchQueue.global().async(execute: watcher)
        }
      } catch {
        done.resume(throwing: error)
      }
    }
    try output.close()
    try errors.close()
    return Result(
      status: process.terminationStatus, output: try folder.read("stdout"),
      errors: try folder.read("stderr"))
  }
}

/// A folder that is removed with the value.
final class Scratch: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "strata-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
  }

  fileprivate func handle(_ name: String) throws -> FileHandle {
    try Data().write(to: url.appending(path: name))
    return try FileHandle(forWritingTo: url.appending(path: name))
  }
}

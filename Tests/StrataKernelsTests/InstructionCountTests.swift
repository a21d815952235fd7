import Foundation
import Testing

/// Instructions per row of three kernels, value and gradient, on the AVX2 backend, as
/// Scripts/count-instructions counts them: a slow-down is seen on a machine that is too busy to time.
@Suite(.serialized) struct InstructionCountTests {
  /// Counted 2026-11-22 with the compiler below. A new compiler needs new numbers: run the script.
  static let compiler = "clang 21.0.0"
  static let stored: [(kernel: String, perRow: Double)] = [
    ("normal", 8.13),  // common sd
    ("bernoulli_logit", 16.78),
    ("neg_binomial_log", 83.82),  // dispersion per row, counts up to 15
  ]

  /// The script went wrong.
  struct Failed: Error {
    let output: String
  }

  @Test("are what they were, within a tenth")
  func areStored() throws {
    guard let lines = try Self.count() else { return }
    let here = lines.first ?? ""
    guard Self.major(here) == Self.major(Self.compiler) else {
      Self.cannotCompare("The numbers are those of \(Self.compiler), this is \(here).")
      return
    }
    for (kernel, perRow) in Self.stored {
      let line = try #require(lines.first { $0.hasPrefix(kernel + " ") })
      let found = try #require(Double(line.dropFirst(kernel.count + 1)))
      #expect(
        found < 1.1 * perRow, "\(kernel): \(found) instructions per row, \(perRow) are stored")
      #expect(
        found > 0.9 * perRow,
        "\(kernel) takes \(found) instructions per row, no longer \(perRow): store the new number")
    }
  }

  private static func major(_ compiler: String) -> Substring? {
    compiler.split(separator: ".").first
  }

  /// A test that compares nothing must not look like one that passed.
  private static func cannotCompare(_ reason: String) {
    withKnownIssue("not comparable here: \(reason)") { Issue.record("nothing is compared") }
  }

  /// What the script prints, line by line; nil if nothing can be counted here.
  private static func count() throws -> [String]? {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["bash", root.appending(path: "Scripts/count-instructions").path]
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // A few lines each: neither pipe can fill.
    process.waitUntilExit()
    func text(_ pipe: Pipe) throws -> String {
      String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
    switch process.terminationStatus {
    case 0: return try text(output).split(separator: "\n").map(String.init)
    case 3:
      let reason = try text(errors).split(separator: "\n").joined(separator: " ")
      cannotCompare(reason)
      return nil
    default: throw Failed(output: try text(errors))
    }
  }
}

import Foundation
import Testing

/// Instructions per row of three kernels, value and gradient, on the AVX2 backend, as
/// Scripts/count-instructions counts them: a slow-down is seen on a machine that is too busy to time.
@Suite(.serialized) struct InstructionCountTests {
  /// Counted 2026-11-21 with the compiler below. A new compiler needs new numbers: run the script.
  static let compiler = "clang 21.0.0"
  static let stored: [(kernel: String, perRow: Double)] = [
    ("normal", 8.13),  // common sd
    ("bernoulli_logit", 30.85),
    ("neg_binomial_log", 148.50),  // dispersion per row, below 8
  ]

  /// What the script printed, or why it could not count.
  enum Count {
    case lines([String])
    case impossible(String)
    case failed(String)
  }

  static let count: Count = {
    do {
      return try run()
    } catch {
      return .failed("\(error)")
    }
  }()

  /// Why nothing can be compared here; nil if it can.
  static var obstacle: String? {
    switch count {
    case .impossible(let reason): return reason
    case .failed: return nil
    case .lines(let lines):
      let here = lines.first ?? ""
      return major(here) == major(compiler)
        ? nil : "The numbers are those of \(compiler), this is \(here)."
    }
  }

  @Test(
    "are what they were, within a tenth",
    .enabled(if: obstacle == nil, "not comparable here: \(obstacle ?? "")"))
  func areStored() throws {
    guard case .lines(let lines) = Self.count else {
      Issue.record("Scripts/count-instructions failed: \(Self.count)")
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

  private static func run() throws -> Count {
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
    case 0: return .lines(try text(output).split(separator: "\n").map(String.init))
    case 3: return .impossible(try text(errors).split(separator: "\n").joined(separator: " "))
    default: return .failed(try text(errors))
    }
  }
}

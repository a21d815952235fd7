import Foundation
import StrataKernels

/// One reference point: arguments, the exact value as a double and a rest in its ulps.
struct ReferencePoint {
  let arguments: [Double]
  let value: Double
  let offset: Double
  /// What the file says after that (the condition number, for functions of two arguments).
  let extra: Double

  /// Error of `result` in ulps of the exact value; infinite if one is finite and the other not.
  func error(of result: Double) -> Double {
    if result == value && !value.isFinite { return 0 }
    guard result.isFinite && value.isFinite else { return .infinity }
    let ulp = value.ulp
    // Divided first, so that values next to the largest double do not overflow.
    return abs((result - value) / ulp - offset)
  }
}

/// Reads Reference/special_functions_NAME.txt; special_functions.py says what the columns are.
func referencePoints(_ name: String, arguments: Int) throws -> [ReferencePoint] {
  let file = "special_functions_\(name)"
  guard
    let url = Bundle.module.url(
      forResource: file, withExtension: "txt", subdirectory: "Reference")
  else { throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: file]) }
  let text = try String(contentsOf: url, encoding: .utf8)
  return try text.split(separator: "\n").map { line in
    let words = line.split(separator: " ").compactMap { Double($0) }
    guard words.count >= arguments + 2 else { throw CocoaError(.fileReadCorruptFile) }
    return ReferencePoint(
      arguments: Array(words[..<arguments]), value: words[arguments],
      offset: words[arguments + 1], extra: words.count > arguments + 2 ? words[arguments + 2] : 1)
  }
}

/// Held by whoever forces a backend: suites run in parallel.
private let backendLock = NSRecursiveLock()

/// Runs `body` on `backend`, then returns to the one in use before.
///
/// Other suites may run kernels meanwhile: they may notice a change of speed, not of a bit.
func onBackend<Result>(_ backend: Backend, _ body: () throws -> Result) rethrows -> Result {
  backendLock.lock()
  defer { backendLock.unlock() }
  let before = Backend.current
  defer { Backend.force(before) }
  Backend.force(backend)
  return try body()
}

/// Runs `body` on every backend this machine has.
func onEveryBackend(_ body: (Backend) throws -> Void) rethrows {
  for backend in Backend.allCases where backend.isAvailable {
    try onBackend(backend) { try body(backend) }
  }
}

/// A small fixed generator (SplitMix64), so that tests see the same numbers everywhere.
struct BitGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// The bits of each number, with one pattern for every NaN.
func bits(_ x: [Double]) -> [UInt64] { x.map { $0.isNaN ? .max : $0.bitPattern } }

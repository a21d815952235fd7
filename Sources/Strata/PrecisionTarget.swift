import StrataSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// When a fit has drawn enough: when the draws are precise enough, or a limit is hit.
///
/// Every parameter and deterministic quantity has to reach the bulk- and tail-ESS, and no R-hat may fail its
/// diagnostic. The number of effective draws is estimated from the draws themselves, so a run stops a little
/// more often where the estimate happens to be high: the reported ESS is, on average, a little too large
/// (Docs/Decisions, stop-when-precise).
public struct PrecisionTarget: Sendable, Equatable, Codable {
  /// The least bulk-ESS.
  public var bulkESS: Double
  /// The least tail-ESS.
  public var tailESS: Double
  /// Draws of each chain at most; nil for 100,000, or as many as half of the machine's memory holds.
  public var maximumDraws: Int?
  /// Seconds of warmup and draws after which no round begins; nil for no limit. Warmup and the first round are
  /// always finished. Where this limit ends a run, another run with the same seed may have another length.
  public var maximumSeconds: Double?

  /// Until bulk- and tail-ESS are reached.
  /// - Parameters:
  ///   - bulkESS: the least bulk-ESS.
  ///   - tailESS: the least tail-ESS; nil for the same as the bulk-ESS.
  ///   - maximumDraws: as ``maximumDraws``.
  ///   - maximumSeconds: as ``maximumSeconds``.
  public static func until(
    bulkESS: Double, tailESS: Double? = nil, maximumDraws: Int? = nil,
    maximumSeconds: Double? = nil
  ) -> PrecisionTarget {
    PrecisionTarget(
      bulkESS: bulkESS, tailESS: tailESS ?? bulkESS, maximumDraws: maximumDraws,
      maximumSeconds: maximumSeconds)
  }

  func check() throws(SamplingError) {
    for (name, value) in [("bulk-ESS", bulkESS), ("tail-ESS", tailESS)]
    where !(value > 0 && value.isFinite) {
      throw .invalidSetting(
        name: "the \(name) to reach", value: "\(value)", expected: "above 0 and finite")
    }
    if let maximumDraws, maximumDraws < 1 {
      throw .invalidSetting(
        name: "the maximum number of draws", value: "\(maximumDraws)", expected: "at least 1")
    }
    if let maximumSeconds, !(maximumSeconds > 0) {
      throw .invalidSetting(
        name: "the maximum number of seconds", value: "\(maximumSeconds)", expected: "above 0")
    }
  }

  /// The rounds that a run begins with: if each draw were worth an independent one, one round would do.
  func rounds(chains: Int) throws(SamplingError) -> RoundPolicy {
    let independent = max(bulkESS, tailESS) / Double(chains)
    return try RoundPolicy(
      first: Int(min(max(independent.rounded(.up), 100), 1000)), maximumSeconds: maximumSeconds)
  }

  /// The limit on the draws of each chain: in rounds they may stand in memory twice while an array grows.
  func drawLimit(chains: Int, width: Int) throws(SamplingError) -> Int {
    let most = Memory.bytes / (2 * Double(chains) * Double(max(width, 1)) * 8)
    guard let maximumDraws else { return max(1, Int(min(100_000, most))) }
    guard Memory.bytes == 0 || Double(maximumDraws) <= most else {
      throw .invalidSetting(
        name: "the maximum number of draws", value: "\(maximumDraws)",
        expected: """
          at most \(Int(most)): \(chains) chain\(chains == 1 ? "" : "s") of draws of \(width) \
          number\(width == 1 ? "" : "s") have to fit into half of the memory
          """)
    }
    return maximumDraws
  }
}

/// The machine's memory.
enum Memory {
  /// All of it; 0 if it is not known.
  static var bytes: Double {
    max(0, Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))))
  }
}

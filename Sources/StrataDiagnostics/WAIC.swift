#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The widely applicable information criterion (Watanabe–Akaike): an estimate of what
/// ``LeaveOneOut`` estimates, without its diagnostic. Prefer that.
///
/// Numbers agree with `waic` of the R package loo. Sources: [Watanabe2010], [Vehtari2017].
public struct WAIC: Sendable {
  /// What is kept of one observation; NaN where a log-likelihood is not finite.
  public struct Observation: Sendable, Hashable {
    /// Log of the mean likelihood over the draws.
    public var lppd: Double
    /// Variance of the log-likelihood over the draws: what the observation adds to the effective
    /// number of parameters.
    public var p: Double

    /// Expected log predictive density: lppd − p.
    public var elpd: Double { lppd - p }
    /// −2 elpd.
    public var waic: Double { -2 * elpd }
  }

  /// Above this an observation's p says that the estimate can't be trusted. Source: [Vehtari2017].
  public static let largestP = 0.4

  /// Number of draws, of all chains.
  public let draws: Int
  /// Results so far, in the order in which they were added.
  public private(set) var observations: [Observation] = []

  /// For `draws` draws in all, at least 1 (p is NaN for a single one).
  public init(draws: Int) {
    precondition(draws > 0, "\(draws) draws")
    self.draws = draws
  }

  /// Adds an observation: its log-likelihood under each draw, in any order.
  @discardableResult
  public mutating func add(_ logLikelihood: UnsafeBufferPointer<Double>) -> Observation {
    precondition(logLikelihood.count == draws, "\(logLikelihood.count) values, not \(draws)")
    var high = -Double.infinity
    var isFinite = true
    for value in logLikelihood {
      isFinite = isFinite && value.isFinite
      high = value > high ? value : high
    }
    var observation = Observation(lppd: .nan, p: .nan)
    if isFinite {
      var sum = 0.0
      for value in logLikelihood { sum += exp(value - high) }
      observation.lppd = high + log(sum / Double(draws))
      observation.p = Moments.variance(logLikelihood)
    }
    observations.append(observation)
    return observation
  }

  /// Adds an observation from an array.
  @discardableResult
  public mutating func add(_ logLikelihood: [Double]) -> Observation {
    logLikelihood.withUnsafeBufferPointer { add($0) }
  }

  /// Adds the observations of another accumulator with as many draws, after those of this one.
  public mutating func append(contentsOf other: WAIC) {
    precondition(other.draws == draws, "different numbers of draws")
    observations += other.observations
  }

  /// Expected log predictive density of new data like these.
  public var elpd: Estimate { Estimate(summing: observations.map(\.elpd)) }
  /// Effective number of parameters.
  public var p: Estimate { Estimate(summing: observations.map(\.p)) }
  /// −2 elpd.
  public var waic: Estimate { Estimate(summing: observations.map(\.waic)) }
  /// Positions of observations whose p is above ``largestP``, undefined ones among them.
  public var unreliable: [Int] {
    observations.indices.filter { !(observations[$0].p <= Self.largestP) }
  }
}

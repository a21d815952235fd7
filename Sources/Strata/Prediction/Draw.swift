import StrataModels
import StrataSampling

/// One draw of the posterior: the value of every parameter and quantity, by name.
public struct Draw: Sendable {
  /// The chain, from 0.
  public let chain: Int
  /// The draw's number in its chain, from 0.
  public let number: Int
  private let fit: Fit
  private let unknown: UnknownNames

  init(_ fit: Fit, chain: Int, number: Int, unknown: UnknownNames) {
    self.fit = fit
    self.chain = chain
    self.number = number
    self.unknown = unknown
  }

  /// The value of a parameter: `draw["a[AITKIN]"]`. A name that the fit does not have makes the whole question an
  /// error; until then the value is NaN.
  public subscript(name: String) -> Double {
    guard let index = fit.index(of: name) else {
      unknown.note(name)
      return .nan
    }
    let result = fit.chains[chain]
    return result.reported[number * result.reportedCount + index]
  }
}

/// Remembers the first name that a fit does not have.
final class UnknownNames: @unchecked Sendable {
  // Sendable: used by the one thread that goes through the draws, and read when it has ended.
  private(set) var first: String?

  func note(_ name: String) { if first == nil { first = name } }
}

extension Fit {
  /// A number computed from each draw, with the same summary and diagnostics as a parameter.
  ///
  /// ```swift
  /// let odds = try fit.quantity("odds") { $0["rate"] / (1 - $0["rate"]) }
  /// print(odds)
  /// ```
  ///
  /// - Throws: ``UnknownParameter`` or ``DrawsNotKept`` for a name that the draws don't have.
  public func quantity(_ name: String, _ compute: (Draw) throws -> Double) throws
    -> PosteriorQuantity
  {
    PosteriorQuantity(name: name, chains: try values(compute))
  }

  /// A parameter or quantity of the model.
  /// - Throws: ``UnknownParameter`` or ``DrawsNotKept``.
  public func quantity(_ name: String) throws -> PosteriorQuantity {
    PosteriorQuantity(name: name, chains: try draws(of: name))
  }

  /// The probability that a statement holds, with its Monte Carlo error.
  ///
  /// ```swift
  /// let better = try fit.probability { $0["rate[B]"] > $0["rate[A]"] }
  /// ```
  ///
  /// - Throws: ``UnknownParameter`` or ``DrawsNotKept`` for a name that the draws don't have.
  public func probability(_ holds: (Draw) throws -> Bool) throws -> Probability {
    Probability(try values { try holds($0) ? 1 : 0 })
  }

  private func values(_ compute: (Draw) throws -> Double) throws -> [[Double]] {
    let unknown = UnknownNames()
    let values = try chains.indices.map { chain in
      try (0..<drawsPerChain).map { number in
        try compute(Draw(self, chain: chain, number: number, unknown: unknown))
      }
    }
    if let name = unknown.first { _ = try draws(of: name) }
    return values
  }
}

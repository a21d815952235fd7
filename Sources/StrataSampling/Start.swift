/// The search for a point where a chain can start.
enum Start {
  /// How many jittered points are tried.
  static let attempts = 100

  /// Tries start points until the log density and its gradient are finite.
  ///
  /// - Parameters:
  ///   - given: the only point to try; nil for points uniform in (-radius, radius).
  ///   - evaluate: moves the chain to a point and returns the log density and the gradient there
  ///     (an empty gradient if none is needed).
  /// - Throws: `SamplingError.noStart`, which says what was not finite; the density's own errors.
  static func find(
    chain: Int, dimension: Int, given: [Double]?, radius: Double, random: inout RandomStream,
    evaluate: ([Double]) throws -> (logDensity: Double, gradient: [Double])
  ) throws -> [Double] {
    let count = given == nil ? attempts : 1
    var position: [Double] = []
    var problem = SamplingError.StartProblem.logDensity(.nan)
    for _ in 0..<count {
      position = given ?? (0..<dimension).map { _ in radius * (2 * random.uniform() - 1) }
      let (value, gradient) = try evaluate(position)
      if !value.isFinite {
        problem = .logDensity(value)
      } else if let bad = gradient.firstIndex(where: { !$0.isFinite }) {
        problem = .gradient(coordinate: bad, value: gradient[bad])
      } else {
        return position
      }
    }
    throw SamplingError.noStart(
      chain: chain + 1, attempts: count, problem: problem, position: position)
  }

  /// How much wider than the density starts are spread around its mode.
  static let spread = 1.5

  /// A start around a mode: normal with the mode's covariance, wider by ``spread`` so that chains which agree
  /// later have come from different places. A point where the density is not finite, or lower than that of a
  /// normal density could be, is drawn again, nearer and nearer to the mode.
  static func find(
    around mode: ModeStart, random: inout RandomStream,
    evaluate: ([Double]) throws -> (logDensity: Double, gradient: [Double])
  ) throws {
    // The drop is spread² / 2 times chi-square: this is over 5 sd above its mean.
    let lowest = mode.logDensity - 4 * Double(mode.position.count) - 20
    var spread = Self.spread
    for _ in 0..<20 {
      let position = try mode.draw(spread: spread, random: &random).position
      let (value, gradient) = try evaluate(position)
      if value >= lowest, value.isFinite, gradient.allSatisfy(\.isFinite) { return }
      spread *= 0.8
    }
    _ = try evaluate(mode.position)
  }
}

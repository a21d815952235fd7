internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Sums (or means) over draws of what is known of the effects of one factor, per level.
struct BlockSums {
  /// Between each pair of effects, `[i][j][level]`.
  var information: [[[Double]]]
  /// Between each effect and what is common.
  var commonInformation: [[[Double]]]
  /// Of each effect.
  var scores: [[Double]]
  var values: [[Double]]
  var locations: [[Double]]
  var logSpreads: [[Double]]
  /// The same of each effect alone, see ``BoundModel/GroupEffects/alone``.
  var locationsAlone: [[Double]]
  var logSpreadsAlone: [[Double]]
  /// What is common: one number, or one per level.
  var common: [[Double]]

  init(effects: Int, common: Int, levels: Int) {
    let zeros = [Double](repeating: 0, count: levels)
    let each = Array(repeating: zeros, count: effects)
    information = Array(repeating: each, count: effects)
    commonInformation = Array(repeating: Array(repeating: zeros, count: common), count: effects)
    (scores, values, locations, logSpreads) = (each, each, each, each)
    (locationsAlone, logSpreadsAlone) = (each, each)
    self.common = Array(repeating: [0], count: common)
  }

  var isFinite: Bool {
    let vectors =
      information.flatMap { $0 } + commonInformation.flatMap { $0 } + scores + values + locations
      + logSpreads + locationsAlone + logSpreadsAlone + common
    return vectors.allSatisfy { $0.allSatisfy(\.isFinite) }
  }

  func divided(by count: Double) -> BlockSums {
    func mean(_ x: [[Double]]) -> [[Double]] { x.map { $0.map { $0 / count } } }
    var means = self
    means.information = information.map(mean)
    means.commonInformation = commonInformation.map(mean)
    (means.scores, means.values) = (mean(scores), mean(values))
    (means.locations, means.logSpreads) = (mean(locations), mean(logSpreads))
    (means.locationsAlone, means.logSpreadsAlone) = (mean(locationsAlone), mean(logSpreadsAlone))
    means.common = mean(common)
    return means
  }

  func common(_ index: Int, _ level: Int) -> Double {
    common[index][common[index].count == 1 ? 0 : level]
  }

  // MARK: A draw

  mutating func add(
    effect: Int, value: DensityValues, location: DensityValues, spread: DensityValues,
    alone: (location: DensityValues, spread: DensityValues)
  ) {
    for level in values[effect].indices {
      values[effect][level] += value[level]
      locations[effect][level] += location[level]
      logSpreads[effect][level] += log(spread[level])
      locationsAlone[effect][level] += alone.location[level]
      logSpreadsAlone[effect][level] += log(alone.spread[level])
    }
  }

  mutating func add(_ source: CentringTerms.Source, _ at: NodeProgram.Values) {
    let information = at[source.response.information]
    let score = at[source.response.score]
    for (i, slope) in source.slopes.enumerated() {
      guard let slope else { continue }
      let x = at[slope]
      source.addUp(&scores[i]) { score[$0] * x[$0] }
      for (j, other) in source.slopes.enumerated() {
        guard let other else { continue }
        let y = at[other]
        source.addUp(&self.information[i][j]) { information[$0] * x[$0] * y[$0] }
      }
      for (k, other) in source.commonSlopes.enumerated() {
        guard let other else { continue }
        let y = at[other]
        source.addUp(&commonInformation[i][k]) { information[$0] * x[$0] * y[$0] }
      }
    }
  }
}

extension CentringTerms.Source {
  /// Adds a number per element to the sum of its level.
  @inline(__always)
  fileprivate func addUp(_ sums: inout [Double], _ number: (Int) -> Double) {
    codes.withUnsafeBufferPointer { codes in
      sums.withUnsafeMutableBufferPointer { sums in
        for element in codes.indices { sums[Int(codes[element])] += number(element) }
      }
    }
  }
}

import StrataModels
import StrataSampling
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What integrating parameters with a Gaussian conditional must give, found from the direct density alone: its log is
/// quadratic in them, so that differences of its gradient, whatever their length, are its curvature.
struct GaussianOracle {
  let planned: PosteriorDensity
  private let direct: PosteriorDensity
  /// Coordinates of the direct position that the plan integrates, and the others in the order of the plan's position.
  let integrated: [Int]
  private let sampled: [(coordinate: Int, convert: (Double) -> Double)]

  init(_ bound: BoundModel) {
    let planned = PosteriorDensity(bound, plan: .auto, jacobian: false)
    let direct = PosteriorDensity(bound, plan: .direct, jacobian: false)
    var integrated: [Int] = []
    var sampled: [(Int, (Double) -> Double)] = []
    for (index, range) in direct.parameterRanges.enumerated() {
      if planned.planned.integrated.contains(index) {
        integrated += Array(range)
      } else {
        var convert: (Double) -> Double = { $0 }
        if case .folded(let unit, let limit) = planned.planned.parameters[index].transform {
          let scale = direct.parameterUnits[index].scale
          convert = { u in
            let (m, d) = (min(abs(u), limit), max(0, abs(u) - limit))
            return log(unit / scale * (sinh(m) + d * (cosh(m) + sinh(m) * d / 2)))
          }
        } else if planned.planned.isSpread(index) {
          let ratio = planned.parameterUnits[index].scale / direct.parameterUnits[index].scale
          convert = { u in spreadExponent(u) + log(ratio) }
        }
        sampled += range.map { ($0, convert) }
      }
    }
    (self.planned, self.direct) = (planned, direct)
    (self.integrated, self.sampled) = (integrated, sampled)
  }

  /// The direct position with the sampled coordinates of a position of the plan, the integrated ones 0.
  private func directPosition(_ position: [Double]) -> [Double] {
    var all = [Double](repeating: 0, count: direct.dimension)
    for (value, place) in zip(position, sampled) {
      all[place.coordinate] = place.convert(value)
    }
    return all
  }

  /// The conditional mean of the integrated coordinates, the lower Cholesky factor of their precision, and the log
  /// marginal density (with respect to the parameters themselves).
  func conditional(at position: [Double]) -> (
    mean: [Double], factor: [[Double]], logMarginal: Double
  ) {
    var point = directPosition(position)
    let d = integrated.count
    let origin = direct.evaluate(at: point).gradient
    var precision = [[Double]](repeating: Array(repeating: 0, count: d), count: d)
    for (j, coordinate) in integrated.enumerated() {
      point[coordinate] = 1
      let gradient = direct.evaluate(at: point).gradient
      point[coordinate] = 0
      for (i, other) in integrated.enumerated() {
        precision[i][j] = origin[other] - gradient[other]
      }
    }
    let factor = cholesky(precision)
    let mean = solve(factor, integrated.map { origin[$0] })
    for (coordinate, value) in zip(integrated, mean) { point[coordinate] = value }
    let top = direct.value(at: point)
    var logMarginal = top + 0.5 * Double(d) * log(2 * Double.pi)
    for j in 0..<d { logMarginal -= log(factor[j][j]) }
    // Coordinates are measured in units.
    for (index, range) in direct.parameterRanges.enumerated()
    where planned.planned.integrated.contains(index) {
      logMarginal += Double(range.count) * log(direct.parameterUnits[index].scale)
    }
    return (mean, factor, logMarginal)
  }

  private func cholesky(_ a: [[Double]]) -> [[Double]] {
    var l = a
    for j in a.indices {
      for m in 0..<j {
        var sum = l[j][m]
        for i in 0..<m { sum -= l[j][i] * l[m][i] }
        l[j][m] = sum / l[m][m]
      }
      l[j][j] = (l[j][j] - (0..<j).reduce(0) { $0 + l[j][$1] * l[j][$1] }).squareRoot()
    }
    return l
  }

  private func solve(_ l: [[Double]], _ b: [Double]) -> [Double] {
    var x = b
    for j in x.indices {
      for m in 0..<j { x[j] -= l[j][m] * x[m] }
      x[j] /= l[j][j]
    }
    for j in x.indices.reversed() {
      for m in x.indices where m > j { x[j] -= l[m][j] * x[m] }
      x[j] /= l[j][j]
    }
    return x
  }
}

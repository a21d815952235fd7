import Foundation
import StrataModels

/// Correlated effects by the textbook: the joint Normal density of each level, and the LKJ density of the matrix.
extension PosteriorOracle {
  /// The effects of a line `correlation(…) ~ LKJ(eta)`, with eta.
  struct CorrelatedSet {
    var effects: [String]
    var eta: Double

    init?(_ statement: Statement) {
      guard case .correlation(let effects) = statement.target,
        case .distributed(let call) = statement.content,
        case .number(let eta) = call.arguments[0].value.node
      else { return nil }
      (self.effects, self.eta) = (effects, eta)
    }

    func name(_ i: Int, _ j: Int) -> String {
      "correlation(\(effects[min(i, j)]), \(effects[max(i, j)]))"
    }

    /// Which pair of effects a correlation is of, the later one first.
    func pair(of name: String) -> (Int, Int)? {
      for i in effects.indices {
        for j in 0..<i where self.name(i, j) == name { return (i, j) }
      }
      return nil
    }

    func matrix(_ values: [String: [Double]]) -> [[Double]] {
      effects.indices.map { i in
        effects.indices.map { j in i == j ? 1 : values[name(i, j)]![0] }
      }
    }

    /// Between which numbers a correlation of i and j keeps the matrix of both and the effects before j positive
    /// definite, whatever comes later.
    func bounds(_ i: Int, _ j: Int, _ values: [String: [Double]]) -> (Double, Double) {
      let held = Array(0..<j)
      func r(_ a: Int, _ b: Int) -> Double { a == b ? 1 : values[name(a, b)]![0] }
      func product(_ a: Int, _ b: Int) -> Double {
        let solution = PosteriorOracle.solve(
          held.map { p in held.map { r(p, $0) } }, held.map { r($0, b) }
        ).x
        return zip(held, solution).reduce(0) { $0 + r(a, $1.0) * $1.1 }
      }
      let middle = product(i, j)
      let half = sqrt((1 - product(i, i)) * (1 - product(j, j)))
      return (middle - half, middle + half)
    }

    /// [Lewandowski2009], (16).
    func addPrior(_ values: [String: [Double]], to sum: inout PosteriorOracle.Sum) {
      let d = effects.count
      let one = [Double](repeating: 0, count: d)
      sum.add((eta - 1) * log(PosteriorOracle.solve(matrix(values), one).determinant))
      for k in 1..<d {
        let shape = eta + Double(d - k - 1) / 2
        let logBeta = 2 * lgamma(shape) - lgamma(2 * shape)
        sum.add(-(2 * eta - 2 + Double(d - k)) * Double(d - k) * log(2), -Double(d - k) * logBeta)
      }
    }
  }

  /// The joint density of a level's effects, given their means and sds.
  static func addNormal(
    _ x: [Double], _ mean: [Double], _ sd: [Double], _ correlations: [[Double]], to sum: inout Sum
  ) {
    let covariance = x.indices.map { i in
      x.indices.map { sd[i] * sd[$0] * correlations[i][$0] }
    }
    let rest = zip(x, mean).map { $0 - $1 }
    let (solution, determinant) = solve(covariance, rest)
    let square = zip(rest, solution).reduce(0) { $0 + $1.0 * $1.1 }
    sum.add(-0.5 * Double(x.count) * log(2 * .pi), -0.5 * log(determinant), -0.5 * square)
  }

  /// x with a x = b, and the determinant of a, by elimination.
  static func solve(_ a: [[Double]], _ b: [Double]) -> (x: [Double], determinant: Double) {
    var (a, x) = (a, b)
    var determinant = 1.0
    for k in x.indices {
      determinant *= a[k][k]
      for i in x.indices where i > k {
        let ratio = a[i][k] / a[k][k]
        for j in x.indices { a[i][j] -= ratio * a[k][j] }
        x[i] -= ratio * x[k]
      }
    }
    for k in x.indices.reversed() {
      for j in x.indices where j > k { x[k] -= a[k][j] * x[j] }
      x[k] /= a[k][k]
    }
    return (x, determinant)
  }
}

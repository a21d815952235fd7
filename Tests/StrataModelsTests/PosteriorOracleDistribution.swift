import Foundation
import StrataModels

/// A distribution with the values of its arguments, for the oracle: textbook formulas.
struct OracleDistribution {
  let name: String
  /// The arguments by label; positional ones under their place, "0", "1", "2".
  private var arguments: [String: Double] = [:]

  init(_ call: DistributionCall, _ value: (StrataModels.Expression) throws -> Double) throws {
    name = call.name
    for (index, argument) in call.arguments.enumerated() {
      arguments[argument.label ?? String(index)] = try value(argument.value)
    }
  }

  func argument(_ label: String, _ position: Int) -> Double {
    arguments[label] ?? arguments[String(position)] ?? .nan
  }

  var lower: Double? {
    switch name {
    case "HalfNormal", "HalfCauchy", "HalfStudentT", "LogNormal", "Exponential", "Gamma",
      "InverseGamma", "Beta":
      0
    case "Uniform": argument("lower", 0)
    case "Flat": arguments["lower"]
    default: nil
    }
  }

  var upper: Double? {
    switch name {
    case "Beta": 1
    case "Uniform": argument("upper", 1)
    case "Flat": arguments["upper"]
    default: nil
    }
  }

  func addLogDensity(of y: Double, to sum: inout PosteriorOracle.Sum) {
    switch name {
    case "Normal", "HalfNormal", "LogNormal", "StudentT", "HalfStudentT", "Cauchy", "HalfCauchy",
      "Laplace":
      addLocationScale(y, &sum)
    case "Exponential", "Gamma", "InverseGamma", "Beta", "Uniform": addBounded(y, &sum)
    case "Flat": break
    default: addCounts(y, &sum)
    }
  }

  private func addLocationScale(_ y: Double, _ sum: inout PosteriorOracle.Sum) {
    let half = name.hasPrefix("Half")
    if half { sum.add(log(2)) }
    switch name {
    case "Normal":
      addNormal(y, argument("mean", 0), argument("sd", 1), &sum)
    case "HalfNormal": addNormal(y, 0, argument("sd", 0), &sum)
    case "LogNormal":
      sum.add(-log(y))
      addNormal(log(y), argument("meanlog", 0), argument("sdlog", 1), &sum)
    case "StudentT":
      addStudentT(y, argument("df", 0), argument("mean", 1), argument("scale", 2), &sum)
    case "HalfStudentT": addStudentT(y, argument("df", 0), 0, argument("scale", 1), &sum)
    case "Laplace":
      let scale = argument("scale", 1)
      sum.add(-log(2), -log(scale), -abs(y - argument("location", 0)) / scale)
    default:
      let location = half ? 0 : argument("location", 0)
      let scale = argument("scale", half ? 0 : 1)
      let z = (y - location) / scale
      sum.add(-log(Double.pi), -log(scale), -log(1 + z * z))
    }
  }

  private func addNormal(
    _ y: Double, _ mean: Double, _ sd: Double, _ sum: inout PosteriorOracle.Sum
  ) {
    sum.add(-log(sd), -log(2 * Double.pi) / 2, -(y - mean) * (y - mean) / (2 * sd * sd))
  }

  private func addStudentT(
    _ y: Double, _ df: Double, _ mean: Double, _ scale: Double, _ sum: inout PosteriorOracle.Sum
  ) {
    let z = (y - mean) / scale
    sum.add(
      lgamma((df + 1) / 2), -lgamma(df / 2), -log(df * Double.pi) / 2, -log(scale),
      -(df + 1) / 2 * log(1 + z * z / df))
  }

  private func addBounded(_ y: Double, _ sum: inout PosteriorOracle.Sum) {
    switch name {
    case "Exponential":
      let rate = argument("rate", 0)
      sum.add(log(rate), -rate * y)
    case "Uniform": sum.add(-log(argument("upper", 1) - argument("lower", 0)))
    case "InverseGamma":
      let (a, b) = (argument("shape", 0), argument("scale", 1))
      sum.add(a * log(b), -lgamma(a), -(a + 1) * log(y), -b / y)
    case "Gamma":
      var (a, b) = (argument("shape", 0), argument("rate", 1))
      if let mean = arguments["mean"], let sd = arguments["sd"] {
        (a, b) = (mean * mean / (sd * sd), mean / (sd * sd))
      }
      sum.add(a * log(b), -lgamma(a), (a - 1) * log(y), -b * y)
    default:
      var (a, b) = (argument("alpha", 0), argument("beta", 1))
      if let mean = arguments["mean"] {
        let k =
          arguments["concentration"] ?? mean * (1 - mean) / (arguments["sd"]! * arguments["sd"]!)
          - 1
        (a, b) = (mean * k, (1 - mean) * k)
      }
      sum.add(
        lgamma(a + b), -lgamma(a), -lgamma(b), (a - 1) * log(y), (b - 1) * log(1 - y))
    }
  }

  private func addCounts(_ y: Double, _ sum: inout PosteriorOracle.Sum) {
    func times(_ n: Double, _ x: Double) -> Double { n == 0 ? 0 : n * x }
    switch name {
    case "Poisson":
      let rate = arguments["log"].map(exp) ?? argument("rate", 0)
      sum.add(times(y, log(rate)), -rate, -lgamma(y + 1))
    case "NegBinomial":
      let mean = arguments["log"].map(exp) ?? argument("mean", 0)
      let r = argument("dispersion", 1)
      sum.add(
        lgamma(y + r), -lgamma(r), -lgamma(y + 1), r * log(r / (r + mean)),
        times(y, log(mean / (r + mean))))
    default:
      let isBernoulli = name == "Bernoulli"
      let n = isBernoulli ? 1 : argument("n", 0)
      let p = arguments["logit"].map { 1 / (1 + exp(-$0)) } ?? argument("p", isBernoulli ? 0 : 1)
      let q = arguments["logit"].map { 1 / (1 + exp($0)) } ?? 1 - p
      // 1 - p has lost its digits: this formula is no judge there.
      if arguments["logit"] == nil, q < 1e-5, y < n { sum.isReliable = false }
      sum.add(
        lgamma(n + 1), -lgamma(y + 1), -lgamma(n - y + 1), times(y, log(p)), times(n - y, log(q)))
    }
  }
}

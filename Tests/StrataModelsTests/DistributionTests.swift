import Foundation
import StrataKernels
import StrataModels
import StrataSampling
import TestSupport
import Testing

/// A distribution with its arguments as numbers.
struct DistributionSample: Sendable, CustomTestStringConvertible {
  var form: DistributionForm
  var arguments: [Double]

  init(_ name: String, _ labels: [String], _ arguments: [Double]) {
    form = Distributions.forms(named: name).first { $0.parameters.map(\.label) == labels }!
    self.arguments = arguments
  }

  var testDescription: String { "\(form.signature) at \(arguments)" }

  /// The log density or probability, with all constants.
  func logDensity(_ y: [Double]) throws -> [Double] {
    let (family, values, constant) = try lowered()
    let shared = values.map { DensityArgument.shared($0) }
    return try y.map {
      let one = DensityArgument.each([$0])
      return try StrataKernels.logDensity(family, count: 1, y: one, arguments: shared).value
        + constant
        + logDensityConstant(family, count: 1, y: one, arguments: shared)
    }
  }

  private func lowered() throws -> (DensityFamily, [Double], Double) {
    var graph = Graph(layout: Domains(table: try Table(["y": .numbers([0])])))
    let nodes = arguments.map { graph.constant($0) }
    let lowered = try form.lower(&graph, nodes, .scalar)
    let family = try #require(lowered.family)
    return (family, lowered.arguments.map { graph.constantValue($0)! }, lowered.constant)
  }

  static let all: [DistributionSample] = [
    .init("Normal", ["mean", "sd"], [1, 2]),
    .init("StudentT", ["df", "mean", "scale"], [1.5, -1, 2]),
    .init("StudentT", ["df", "mean", "scale"], [30, 5, 0.1]),
    .init("Cauchy", ["location", "scale"], [2, 3]),
    .init("Laplace", ["location", "scale"], [-2, 0.5]),
    .init("HalfNormal", ["sd"], [3]),
    .init("HalfStudentT", ["df", "scale"], [3, 2]),
    .init("HalfCauchy", ["scale"], [2]),
    .init("LogNormal", ["meanlog", "sdlog"], [0.5, 0.8]),
    .init("Exponential", ["rate"], [0.2]),
    .init("Gamma", ["shape", "rate"], [0.5, 2]),
    .init("Gamma", ["shape", "rate"], [9, 0.5]),
    .init("Gamma", ["mean", "sd"], [3, 2]),
    .init("InverseGamma", ["shape", "scale"], [3, 2]),
    .init("Beta", ["alpha", "beta"], [0.7, 3]),
    .init("Beta", ["mean", "concentration"], [0.3, 8]),
    .init("Beta", ["mean", "sd"], [0.6, 0.1]),
    .init("Uniform", ["lower", "upper"], [-3, 5]),
    .init("NegBinomial", ["mean", "dispersion"], [4, 0.7]),
    .init("NegBinomial", ["mean", "dispersion"], [30, 50]),
    .init("NegBinomial", ["log", "dispersion"], [2, 3]),
    .init("Poisson", ["rate"], [0.4]),
    .init("Poisson", ["rate"], [60]),
    .init("Poisson", ["log"], [1.5]),
    .init("Bernoulli", ["p"], [0.3]),
    .init("Bernoulli", ["logit"], [1.2]),
    .init("Binomial", ["n", "p"], [7, 0.2]),
    .init("Binomial", ["n", "p"], [400, 0.7]),
    .init("Binomial", ["n", "logit"], [20, -1]),
  ]
}

@Suite struct DistributionTests {
  @Test func everyProperFormIsSampled() {
    for form in Distributions.all where form.name != "Flat" {
      #expect(DistributionSample.all.contains { $0.form.signature == form.signature })
    }
  }

  @Test(arguments: [
    (
      DistributionSample("Gamma", ["mean", "sd"], [2, 0.8]),
      DistributionSample("Gamma", ["shape", "rate"], [6.25, 3.125])
    ),
    (
      .init("Beta", ["mean", "concentration"], [0.3, 8]),
      .init("Beta", ["alpha", "beta"], [2.4, 5.6])
    ),
    (.init("Beta", ["mean", "sd"], [0.5, 0.25]), .init("Beta", ["alpha", "beta"], [1.5, 1.5])),
    (
      .init("NegBinomial", ["log", "dispersion"], [1.2, 3]),
      .init("NegBinomial", ["mean", "dispersion"], [exp(1.2), 3])
    ),
    (.init("Poisson", ["log"], [1.2]), .init("Poisson", ["rate"], [exp(1.2)])),
    (.init("Bernoulli", ["logit"], [1.2]), .init("Bernoulli", ["p"], [1 / (1 + exp(-1.2))])),
    (
      .init("Binomial", ["n", "logit"], [9, 1.2]),
      .init("Binomial", ["n", "p"], [9, 1 / (1 + exp(-1.2))])
    ),
  ])
  func namedFormsEqualPositionalOnes(_ named: DistributionSample, _ positional: DistributionSample)
    throws
  {
    let points: [Double] =
      switch named.form.support {
      case .positive: [0.01, 0.5, 2, 9]
      case .unitInterval: [0.01, 0.3, 0.9]
      case .binary: [0, 1]
      default: [0, 1, 4, 9]
      }
    for (a, b) in zip(try named.logDensity(points), try positional.logDensity(points)) {
      #expect(abs(a - b) <= 1e-12 * max(1, abs(b)))
    }
  }

  @Test(arguments: DistributionSample.all)
  func outsideTheSupportThereIsNothing(_ sample: DistributionSample) throws {
    let outside: [Double] =
      switch sample.form.support {
      case .real: [.infinity, -.infinity, .nan]
      case .positive: sample.form.name.hasPrefix("Half") ? [] : [-1, -1e-300, .infinity]
      case .unitInterval: [-0.5, 0, 1, 2]
      case .between: [sample.arguments[0] - 0.1, sample.arguments[1] + 0.1]
      case .counts: [-1, .infinity]
      case .binary: [-1, 2, 0.5]
      case .upToTrials: [-1, sample.arguments[0] + 1]
      }
    for (y, value) in zip(outside, try sample.logDensity(outside)) {
      #expect(value == -.infinity, "at \(y)")
    }
  }

  @Test func argumentsOutsideTheirDomainDrawNothing() throws {
    var random = RandomStream(seed: 1, stream: 1)
    for sample in DistributionSample.all {
      for index in sample.arguments.indices {
        let requirement = sample.form.parameters[index].requirement
        if case .real = requirement { continue }
        var arguments = sample.arguments
        arguments[index] = -1
        #expect(throws: ModelError.self) { try sample.form.draw(arguments, from: &random) }
      }
    }
    for family in DensityFamily.allCases {
      let arguments = family.argumentNames.map { _ in Double.nan }
      #expect(family.draw(arguments, from: &random).isNaN)
    }
    #expect(DensityFamily.normal.draw([0, -1], from: &random).isNaN)
    #expect(DensityFamily.uniform.draw([1, 0], from: &random).isNaN)
    #expect(DensityFamily.bernoulli.draw([1.5], from: &random).isNaN)
  }

  @Test func improperDistributionsHaveNoDraws() {
    var random = RandomStream(seed: 1, stream: 1)
    let flat = Distributions.forms(named: "Flat")[0]
    do {
      _ = try flat.draw([], from: &random)
      Issue.record("a draw from Flat()")
    } catch {
      #expect("\(error)" == "Flat() is improper: there is nothing to draw from")
    }
  }
}

/// Draws against the density: Kolmogorov's test against the numerical integral of the kernel's density,
/// chi-square against its sum; and the integral is one. Levels: 1e-4 is printed, 1e-7 fails, so that the
/// chance of a false alarm is under 1e-5 for all forms together. Seeded.
@Suite struct StatisticalDistributionTests {
  private static let count = 4000

  @Test(arguments: DistributionSample.all)
  func drawsFollowTheDensity(_ sample: DistributionSample) throws {
    var random = RandomStream(seed: 20, stream: 4)
    let draws = try (0..<Self.count).map { _ in
      try sample.form.draw(sample.arguments, from: &random)
    }
    if sample.form.support.isDiscrete {
      try checkCounts(sample, draws)
    } else {
      try checkContinuous(sample, draws)
    }
  }

  private func checkCounts(_ sample: DistributionSample, _ draws: [Double]) throws {
    #expect(draws.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
    let last = sample.form.support == .upToTrials ? Int(sample.arguments[0]) : 400
    let cells = (0...last).map(Double.init).filter { $0 < 2 || sample.form.support != .binary }
    let probabilities = try sample.logDensity(cells).map { exp($0) }
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-10)
    var observed = cells.map { _ in 0 }
    for draw in draws { observed[Int(draw)] += 1 }
    let deviate = chiSquareDeviate(
      observed: observed, expected: probabilities.map { $0 * Double(draws.count) })
    if deviate > 3.72 { print("alert: \(sample.testDescription): chi-square deviate \(deviate)") }
    #expect(deviate < 5.2)
  }

  /// The integral runs over t in (0, 1), with a map to the support that smooths both ends.
  private func checkContinuous(_ sample: DistributionSample, _ draws: [Double]) throws {
    let (map, slope, inverse) = coordinates(sample)
    let cells = 2000
    let h = 1 / Double(cells)
    let nodes = [
      -0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831, 0.9061798459386640,
    ]
    let weights = [
      0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665,
      0.2369268850561891,
    ]
    var cumulative = [0.0]
    for cell in 0..<cells {
      let t = nodes.map { (Double(cell) + 0.5 * (1 + $0)) * h }
      let f = try sample.logDensity(t.map(map))
      let part =
        zip(zip(t, f), weights).reduce(0) { $0 + $1.1 * exp($1.0.1) * slope($1.0.0) } * h / 2
      cumulative.append(cumulative[cell] + part)
    }
    #expect(abs(cumulative[cells] - 1) < 1e-6, "the density integrates to \(cumulative[cells])")
    let statistic = kolmogorov(draws) { x in
      let t = min(max(inverse(x), 0), 1) * Double(cells)
      let cell = min(Int(t), cells - 1)
      return cumulative[cell] + (t - Double(cell)) * (cumulative[cell + 1] - cumulative[cell])
    }
    if statistic > 2.23 { print("alert: \(sample.testDescription): Kolmogorov \(statistic)") }
    #expect(statistic < 2.92)
    #expect(draws.allSatisfy { isInside($0, sample) })
  }

  private func isInside(_ x: Double, _ sample: DistributionSample) -> Bool {
    switch sample.form.support {
    case .positive: x > 0 && x.isFinite
    case .unitInterval: x > 0 && x < 1
    case .between: x >= sample.arguments[0] && x <= sample.arguments[1]
    default: x.isFinite
    }
  }

  /// From t in (0, 1) to the support, its slope, and back.
  private func coordinates(_ sample: DistributionSample) -> (
    map: (Double) -> Double, slope: (Double) -> Double, inverse: (Double) -> Double
  ) {
    switch sample.form.support {
    case .positive:
      return (
        { pow($0 / (1 - $0), 4) }, { 4 * pow($0 / (1 - $0), 3) / ((1 - $0) * (1 - $0)) },
        { x in
          let root = pow(max(x, 0), 0.25)
          return root / (1 + root)
        }
      )
    case .unitInterval:
      return (
        { t in pow(t, 4) / (pow(t, 4) + pow(1 - t, 4)) },
        { t in
          let sum = pow(t, 4) + pow(1 - t, 4)
          return 4 * pow(t * (1 - t), 3) / (sum * sum)
        },
        { x in
          let ratio = pow(x / (1 - x), 0.25)
          return ratio / (1 + ratio)
        }
      )
    case .between:
      let (low, width) = (sample.arguments[0], sample.arguments[1] - sample.arguments[0])
      return ({ low + width * $0 }, { _ in width }, { ($0 - low) / width })
    default:
      let center = sample.arguments[sample.form.name == "StudentT" ? 1 : 0]
      let scale = sample.arguments.last!
      // The tangent suits tails as heavy as Cauchy's.
      return (
        { center + scale * tan(Double.pi * ($0 - 0.5)) },
        { t in scale * Double.pi / pow(cos(Double.pi * (t - 0.5)), 2) },
        { 0.5 + atan(($0 - center) / scale) / Double.pi }
      )
    }
  }
}

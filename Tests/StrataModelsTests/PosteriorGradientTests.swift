import StrataKernels
import StrataModels
import StrataSampling
import TestSupport
import Testing

/// Gradients against central differences with Richardson's extrapolation, along the coordinates (along 12
/// of them where there are more) and along a random direction, which takes in all.
@Suite struct PosteriorGradientTests {
  @Test(arguments: PosteriorModel.examples + PosteriorModel.special + PosteriorModel.sizes)
  func model(_ model: PosteriorModel) throws {
    try check(model.density(), "\(model.text)")
    try check(model.density(plan: .compressed), "compressed:\n\(model.text)")
    try check(model.density(jacobian: false), "without Jacobian:\n\(model.text)")
  }

  @Test(arguments: 0..<300)
  func randomModel(_ seed: Int) throws {
    let model = PosteriorGenerator.model(seed: UInt64(seed))
    try check(model.density(), "\(model.text)")
    try check(model.density(plan: .compressed), "compressed:\n\(model.text)")
    let bound = try Bound(model: model.text, table: model.csv).bound()
    let centred = PosteriorDensity(CentringTests.centred(bound), plan: .compressed)
    try check(centred, "centred:\n\(model.text)")
  }

  private func check(_ density: PosteriorDensity, _ text: String) throws {
    var random = RandomStream(seed: 11, stream: 3)
    for _ in 0..<2 {
      let position = (0..<density.dimension).map { _ in 3 * random.uniform() - 1.5 }
      let (value, gradient) = density.evaluate(at: position)
      guard value.isFinite else { continue }
      var directions = (0..<min(12, density.dimension)).map { index in
        let coordinate =
          density.dimension <= 12 ? index : Int(random.next() % UInt64(density.dimension))
        return (0..<density.dimension).map { $0 == coordinate ? 1.0 : 0 }
      }
      let length = Double(density.dimension).squareRoot()
      directions.append((0..<density.dimension).map { _ in random.normal() / length })
      for direction in directions {
        let slope = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
        try check(density, at: position, along: direction, slope, value, text)
      }
    }
  }

  /// Tries smaller steps before it complains: |x| and comparisons have kinks, that a step may cross.
  private func check(
    _ density: PosteriorDensity, at position: [Double], along direction: [Double], _ slope: Double,
    _ value: Double, _ text: String
  ) throws {
    var report = ""
    for step in [0.02, 0.002, 1e-4, 1e-5] {
      let numeric = derivative(step: step, rounding: 1e-15 * max(1, abs(value))) { t in
        density.value(at: zip(position, direction).map { $0 + t * $1 })
      }
      let allowed = 3 * numeric.error + 1e-9 * max(1, abs(slope))
      if numeric.error < 1e-4 * max(1, abs(slope), 1e-2 * abs(value)),
        abs(numeric.value - slope) <= allowed
      {
        return
      }
      report += "step \(step): \(numeric.value) ± \(numeric.error); "
    }
    Issue.record("the gradient is \(slope), differences give \(report)\n\(text)")
  }

  /// What is only reported has no say in the sampling, even where it is no number.
  @Test(arguments: ["sqrt(m)", "m^0.3", "exp(1000 * m)", "1 / (m - m)", "log(m)"])
  func reportedQuantitiesLeaveTheGradientAlone(expression: String) throws {
    let table = try Table(["y": .numbers([1, 2])])
    let text = "m ~ Normal(0, 1)\ny ~ Normal(m, 1)\n"
    let plain = try PosteriorDensity(Model(text).bound(to: table)).makeEvaluation()
    let reporting = try PosteriorDensity(Model(text + "q = \(expression)").bound(to: table))
      .makeEvaluation()
    for m in [-1.5, 2.0] {
      var (left, right) = ([0.0], [0.0])
      let x = plain.logDensity(at: [m], gradient: &left)
      let y = reporting.logDensity(at: [m], gradient: &right)
      #expect(x == y)
      #expect(left == right)
    }
  }
}

/// The same bits from every backend, for plans without BLAS. Serialized: it forces the backend.
@Suite(.serialized) struct PosteriorBackendTests {
  @Test func everyBackendGivesTheSameBits() throws {
    let current = Backend.current
    defer { _ = Backend.force(current) }
    let random = (0..<60).map { PosteriorGenerator.model(seed: UInt64(1000 + $0)) }
    let models = PosteriorModel.examples + PosteriorModel.special + PosteriorModel.sizes + random
    for model in models where !model.text.contains("dot(") {
      for plan in [Plan.Mode.direct, .compressed] {
        let density = try model.density(plan: plan)
        var stream = RandomStream(seed: 2, stream: 8)
        let position = (0..<density.dimension).map { _ in 3 * stream.uniform() - 1.5 }
        var expected: [UInt64]?
        for backend in Backend.allCases where Backend.force(backend) {
          let (value, gradient) = density.evaluate(at: position)
          let bits = ([value] + gradient + density.report(at: position)).map(\.bitPattern)
          #expect(bits == expected ?? bits, "\(model.name), \(backend)")
          expected = bits
        }
      }
    }
  }
}

import StrataModels
import StrataSampling
import Testing

/// The density of the kernels against the slow oracle: equal to 1e-10 of the sum of the absolute terms,
/// with the Jacobian and without, and the reported numbers to 1e-12.
@Suite struct PosteriorOracleTests {
  @Test(arguments: PosteriorModel.examples + PosteriorModel.special)
  func model(_ model: PosteriorModel) throws { try check(model, positions: 6) }

  @Test(arguments: PosteriorModel.sizes)
  func tableSizes(_ model: PosteriorModel) throws { try check(model, positions: 2) }

  @Test(arguments: 0..<300)
  func randomModel(_ seed: Int) throws {
    try check(PosteriorGenerator.model(seed: UInt64(seed)), positions: 3)
  }

  private func check(_ model: PosteriorModel, positions: Int) throws {
    for plan in [Plan.Mode.direct, .compressed] {
      try check(model, plan, positions: positions)
    }
  }

  private func check(_ model: PosteriorModel, _ plan: Plan.Mode, positions: Int) throws {
    let density = try model.density(plan: plan)
    let plain = PosteriorDensity(density.bound, plan: plan, jacobian: false)
    let oracle = try PosteriorOracle(density)
    #expect(oracle.dimension == density.dimension)
    var random = RandomStream(seed: 5, stream: 1)
    var finite = 0
    for _ in 0..<positions {
      let position = (0..<density.dimension).map { _ in 3 * random.uniform() - 1.5 }
      let expected = try oracle.evaluate(at: position)
      let (withJacobian, gradient) = density.evaluate(at: position)
      guard expected.density.isReliable else { continue }
      guard expected.density.value.isFinite else {
        #expect(withJacobian == -.infinity, "\(plan): \(model.text)")
        continue
      }
      finite += 1
      let without = plain.value(at: position)
      let size = expected.density.size + expected.jacobian.size
      let total = expected.density.value + expected.jacobian.value
      #expect(abs(withJacobian - total) <= 1e-10 * size, "\(plan): \(model.text)")
      #expect(abs(without - expected.density.value) <= 1e-10 * size, "\(plan): \(model.text)")
      #expect(density.value(at: position) == withJacobian)
      let isFinite = gradient.allSatisfy(\.isFinite)
      #expect(isFinite)
      try checkReport(density, oracle, expected.values, position)
    }
    #expect(finite > 0, "no position inside the support: \(model.text)")
  }

  private func checkReport(
    _ density: PosteriorDensity, _ oracle: PosteriorOracle, _ values: [String: [Double]],
    _ position: [Double]
  ) throws {
    let report = density.report(at: position)
    #expect(report.count == density.reportedNames.count)
    var next = 0
    for quantity in density.bound.quantities {
      for element in 0..<density.bound.layout.count(quantity.domain) {
        let expected = try oracle.quantity(quantity.name, element, values)
        let isClose = abs(report[next] - expected) <= 1e-11 * max(1, abs(expected))
        #expect(isClose, "\(density.reportedNames[next]): \(report[next]), expected \(expected)")
        next += 1
      }
    }
    #expect(next == report.count)
  }
}

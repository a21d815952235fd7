import StrataSampling
import Testing

/// Proposals from a grid, and the independence sampler that corrects them.
@Suite struct GridTests {
  private func grid<D: LogDensity>(_ density: D) throws -> GridProposal? {
    try GridProposal.make(of: density, start: try findStart(of: density).start)
  }

  /// log of a Gamma(3, 1) number: skewed, with an exponential and a light tail.
  private let logGamma = FunctionDensity(dimension: 1) { x, gradient in
    let e = TestMath.exp(x[0])
    gradient[0] = 3 - e
    return 3 * x[0] - e
  }

  /// Thinned to every tenth, draws of which nearly all are accepted are independent. p-values under 1e-5 are
  /// failures.
  @Test func drawsHaveTheDistribution() async throws {
    let chains = try ChainConfiguration(chains: 2, seed: 11)
    func check<D: LogDensity>(
      _ density: D, coordinate: Int = 0, _ cdf: (Double) -> Double
    ) async throws {
      let results = try await sample(
        density, configuration: .grid(try #require(try grid(density)), draws: 50_000),
        chains: chains)
      for result in results {
        let all = result.draws(of: coordinate)
        let draws = stride(from: 0, to: 50_000, by: 10).map { all[$0] }
        #expect(TestMath.kolmogorov(draws, cdf) > 1e-5)
        let acceptance = result.statistics.reduce(0) { $0 + $1.acceptance } / 50_000
        #expect(acceptance > (density.dimension < 4 ? 0.97 : 0.94))
      }
    }
    try await check(NormalDensity(scales: [3])) { TestMath.normalCDF($0 / 3) }
    try await check(logGamma) { TestMath.gammaP(3, TestMath.exp($0)) }
    func normal(_ rows: [[Double]]) -> CorrelatedNormal {
      CorrelatedNormal(
        lower: rows.map { $0 + Array(repeating: 0, count: rows.count - $0.count) })
    }
    try await check(normal([[1], [0.8, 0.6]])) { TestMath.normalCDF($0) }
    // The cells follow a ridge.
    try await check(normal([[1], [0.99999, 0.0044721]])) { TestMath.normalCDF($0) }
    try await check(normal([[2], [0.9, 0.3], [-0.5, 0.2, 0.1]])) { TestMath.normalCDF($0 / 2) }
    try await check(normal([[2], [0.9, 0.3], [-0.5, 0.2, 0.1]]), coordinate: 2) {
      TestMath.normalCDF($0 / 0.3.squareRoot())
    }
    for coordinate in [0, 3] {
      try await check(
        normal([[1], [0.8, 0.6], [0, 0.8, 0.6], [0, 0, 0.8, 0.6]]), coordinate: coordinate
      ) {
        TestMath.normalCDF($0)
      }
    }
  }

  /// Whatever the table says, the sampler corrects it: here it is that of another density.
  @Test func aWrongTableIsCorrected() async throws {
    let table = try #require(try grid(NormalDensity(dimension: 1)))
    let results = try await sample(
      NormalDensity(scales: [1.3]), configuration: .grid(table, draws: 100_000),
      chains: try ChainConfiguration(chains: 4, seed: 12))
    for result in results {
      let draws = stride(from: 0, to: 100_000, by: 40).map { result.draws(of: 0)[$0] }
      #expect(TestMath.kolmogorov(draws, { TestMath.normalCDF($0 / 1.3) }) > 1e-5)
    }
  }

  /// An even density is only looked at where its coordinate is positive.
  @Test func evenCoordinatesStayPositive() async throws {
    let density = FunctionDensity(dimension: 1, evenCoordinates: [0]) { x, gradient in
      gradient[0] = -x[0]
      return -0.5 * x[0] * x[0]
    }
    let results = try await sample(
      density, configuration: .grid(try #require(try grid(density)), draws: 20_000),
      chains: try ChainConfiguration(chains: 1, seed: 13))
    let draws = stride(from: 0, to: 20_000, by: 10).map { results[0].draws(of: 0)[$0] }
    #expect(results[0].draws(of: 0).allSatisfy { $0 >= 0 })
    #expect(TestMath.kolmogorov(draws, { 2 * TestMath.normalCDF($0) - 1 }) > 1e-5)
  }

  /// The proposal's density is that of its draws: its integral is one, bin by bin as often as drawn.
  @Test func proposalsHaveTheirDensity() throws {
    let proposal = try #require(try grid(logGamma))
    var random = RandomStream(seed: 14)
    var (inside, position) = (0, [0.0])
    let count = 200_000
    for _ in 0..<count {
      proposal.draw(&position, random: &random)
      if position[0] > 0.5, position[0] < 1.5 { inside += 1 }
    }
    let steps = 100_000
    let probability = (0..<steps).reduce(0.0) { sum, step in
      sum + TestMath.exp(proposal.logDensity(at: [0.5 + (Double(step) + 0.5) / Double(steps)]))
        / Double(steps)
    }
    let total = (0..<4_000_000).reduce(0.0) { sum, step in
      sum + TestMath.exp(proposal.logDensity(at: [-2000 + (Double(step) + 0.5) / 1000])) / 1000
    }
    // The Cauchy density leaves about a thousandth of a thousandth outside.
    #expect(abs(total - 1) < 1e-4)
    let sd = (probability * (1 - probability) / Double(count)).squareRoot()
    #expect(abs(Double(inside) / Double(count) - probability) < 5 * sd)
  }

  /// The same where coordinates are correlated and one is even: shares of draws in three regions, one of them beyond the
  /// cells, against sums over fine squares. Each is within 5 standard errors, and half a percent for the sums.
  @Test func slantedProposalsHaveTheirDensity() throws {
    let density = FunctionDensity(dimension: 2, evenCoordinates: [1]) { x, gradient in
      let (s, m) = (x[1] * x[1], x[0] - 0.7 * abs(x[1]))
      gradient[0] = -4 * m
      gradient[1] = -x[1] + 2.8 * m * (x[1] < 0 ? -1 : 1)
      return -0.5 * s - 2 * m * m
    }
    let proposal = try #require(try grid(density))
    let regions = [(0.0..<1, 0.0..<0.5), (0.5..<2.5, 1.0..<2), (-40.0..<(-8), 0.0..<20)]
    var random = RandomStream(seed: 16)
    var (inside, position) = ([0, 0, 0], [0.0, 0])
    let count = 300_000
    var isPositive = true
    for _ in 0..<count {
      proposal.draw(&position, random: &random)
      isPositive = isPositive && position[1] >= 0
      for (i, region) in regions.enumerated()
      where region.0.contains(position[0]) && region.1.contains(position[1]) { inside[i] += 1 }
    }
    #expect(isPositive)
    #expect(proposal.logDensity(at: [0.3, -0.4]) == proposal.logDensity(at: [0.3, 0.4]))
    for (i, (xs, ys)) in regions.enumerated() {
      let steps = 400
      let (width, height) = (
        (xs.upperBound - xs.lowerBound) / Double(steps),
        (ys.upperBound - ys.lowerBound) / Double(steps)
      )
      var probability = 0.0
      for k in 0..<steps * steps {
        let point = [
          xs.lowerBound + (Double(k % steps) + 0.5) * width,
          ys.lowerBound + (Double(k / steps) + 0.5) * height,
        ]
        probability += TestMath.exp(proposal.logDensity(at: point)) * width * height
      }
      let sd = (probability / Double(count)).squareRoot()
      #expect(
        abs(Double(inside[i]) / Double(count) - probability) < 5 * sd + 0.005 * probability)
    }
  }

  /// What a grid costs: a few hundred to a few thousand gradients, also where the curvature at the mode says nothing of the
  /// widths.
  @Test func gridsAreSmall() throws {
    func evaluations<D: LogDensity>(_ density: D) throws -> Int {
      try #require(try grid(density)).evaluations
    }
    for (dimension, most) in [(1, 80), (2, 600), (3, 3_000), (4, 7_000)] {
      #expect(try evaluations(NormalDensity(dimension: dimension)) < most)
    }
    // exp(-x²/2 - x⁴/10) and a Student's t with 5 degrees of freedom: narrower and wider than their modes are curved.
    let narrow = FunctionDensity(dimension: 1) { x, gradient in
      gradient[0] = -x[0] - 0.4 * x[0] * x[0] * x[0]
      return -0.5 * x[0] * x[0] - 0.1 * x[0] * x[0] * x[0] * x[0]
    }
    let wide = FunctionDensity(dimension: 1) { x, gradient in
      gradient[0] = -6 * x[0] / (5 + x[0] * x[0])
      return -3 * TestMath.log(1 + x[0] * x[0] / 5)
    }
    #expect(try evaluations(narrow) < 120)
    #expect(try evaluations(wide) < 300)
  }

  /// Nine tenths of the mass in a spike that lies between the cells of a first table: a chain would come upon it by chance,
  /// and sit there. Where there is a grid it knows the spike: density and table differ by the same there and beside it.
  @Test func spikesAreNotMissed() throws {
    let spike = FunctionDensity(dimension: 1, evenCoordinates: [0]) { x, gradient in
      let (s, w) = (0.01, 3.0)
      let high = TestMath.exp(8 - x[0] * x[0] / (2 * s * s))
      let wide = TestMath.exp(-x[0] * x[0] / (2 * w * w))
      gradient[0] = -x[0] * (high / (s * s) + wide / (w * w)) / (high + wide)
      return TestMath.log(high + wide)
    }
    guard let table = try grid(spike) else { return }
    let evaluation = spike.makeEvaluation()
    let weights = try [0, 0.005, 1, 2].map { x in
      try evaluation.logDensity(at: [x]) - table.logDensity(at: [x])
    }
    #expect(weights.max()! - weights.min()! < 1)
  }

  @Test func whatAGridDoesNotFitIsRefused() throws {
    #expect(try grid(NormalDensity(dimension: 5)) == nil)
    // No mode: the density grows without end.
    let unbounded = FunctionDensity(dimension: 1) { x, gradient in
      gradient[0] = 1
      return x[0]
    }
    #expect(try grid(unbounded) == nil)
    // A ridge that bends: most cells miss it.
    let ridge = FunctionDensity(dimension: 2) { x, gradient in
      let off = (x[1] - x[0] * x[0]) / 0.003
      gradient[0] = -x[0] + 2 * x[0] * off / 0.003
      gradient[1] = -off / 0.003
      return -0.5 * (x[0] * x[0] + off * off)
    }
    #expect(try grid(ridge) == nil)
  }

  @Test func roundsAreOneRun() async throws {
    let density = NormalDensity(scales: [1, 2])
    let table = try #require(try grid(density))
    let chains = try ChainConfiguration(chains: 2, seed: 15)
    let one = try await sample(density, configuration: .grid(table, draws: 70), chains: chains)
    let rounds = try await sample(
      density, configuration: .grid(table, draws: 70), chains: chains,
      rounds: RoundPolicy(first: 20)
    ) { _ in .draw(25) }
    #expect(rounds.chains.map(\.reported) == one.map(\.reported))
  }

  @Test func nothingToSampleIsAGrid() async throws {
    let density = NormalDensity(dimension: 0)
    let table = try #require(try GridProposal.make(of: density, start: nil))
    let results = try await sample(
      density, configuration: .grid(table, draws: 5), chains: try ChainConfiguration(chains: 1))
    #expect(results[0].drawCount == 5)
    #expect(results[0].statistics.allSatisfy { $0.acceptance == 1 })
  }
}

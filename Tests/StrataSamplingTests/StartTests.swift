import StrataSampling
import Testing

@Suite struct StartTests {
  /// A correlated normal density away from zero, its coordinates in units from 1e-4 to 1e3.
  private static let lower: [[Double]] = [
    [1e-4, 0, 0, 0], [0.6, 0.8, 0, 0], [5, -9, 2, 0], [300, 100, -200, 900],
  ]
  private static let mean = [0.5, -20, 1e3, -7e3]

  private static let normal: FunctionDensity = {
    let inner = CorrelatedNormal(lower: lower)
    return FunctionDensity(dimension: 4) { x, gradient in
      let shifted = (0..<4).map { x[$0] - mean[$0] }
      return inner.makeEvaluation().logDensity(at: shifted, gradient: gradient) + 3
    }
  }()

  @Test func modeAndCovarianceOfANormalAreExact() throws {
    let search = try findStart(of: Self.normal)
    let start = try #require(search.start)
    #expect(search.obstacle == nil && search.evaluations > 8)
    let covariance = CorrelatedNormal(lower: Self.lower).covariance
    guard case .dense(let metric) = start.inverseMetric else {
      Issue.record("the metric is not dense")
      return
    }
    for i in 0..<4 {
      let sd = covariance(i, i).squareRoot()
      #expect(abs(start.position[i] - Self.mean[i]) < 1e-6 * sd)
      for j in 0..<4 {
        let scale = sd * covariance(j, j).squareRoot()
        #expect(abs(metric[4 * i + j] - covariance(i, j)) < 1e-6 * scale)
      }
    }
    #expect(abs(start.logDensity - 3) < 1e-9)
  }

  @Test func beyondTheDenseLimitTheMetricIsDiagonal() throws {
    let start = try #require(
      try findStart(of: NormalDensity(scales: [1e-3, 1, 50]), denseLimit: 2).start)
    #expect(start.shape == .diagonal)
    for (variance, expected) in zip(start.inverseMetric.variances, [1e-6, 1, 2500]) {
      #expect(abs(variance / expected - 1) < 1e-6)
    }
  }

  // MARK: No start

  private func obstacle<D: LogDensity>(_ density: D) throws -> String {
    let search = try findStart(of: density)
    #expect(search.start == nil)
    // Three climbs, the curvature, and a look around.
    #expect(search.evaluations <= 3 * (100 + 20 * density.dimension) + 8 * density.dimension + 52)
    return search.obstacle ?? "none"
  }

  /// Eight schools, centred: unbounded where tau goes to 0.
  @Test func anUnboundedDensityHasNone() throws {
    let text = try obstacle(FunctionDensity.eightSchools)
    #expect(text == "the density is unbounded" || text == "the climb to the mode did not end")
  }

  /// Neal's funnel has a mode, far down in its neck.
  @Test func theNeckOfAFunnelIsNone() throws {
    for count in [3, 5, 9] {
      let text = try obstacle(
        FunctionDensity(dimension: count + 1) { x, gradient in
          let precision = TestMath.exp(-x[count])
          var sum = 0.0
          for i in 0..<count {
            sum += x[i] * x[i] * precision
            gradient[i] = -x[i] * precision
          }
          gradient[count] = 0.5 * sum - 0.5 * Double(count) - x[count] / 9
          return -0.5 * sum - 0.5 * Double(count) * x[count] - x[count] * x[count] / 18
        })
      #expect(
        text == "the density is nothing like normal around its mode"
          || text == "the climb to the mode did not end", "\(count): \(text)")
    }
  }

  /// Two modes, at 1 and at -1.
  private func twoModes(even: [Int]) -> FunctionDensity {
    FunctionDensity(dimension: 1, evenCoordinates: even) { x, gradient in
      let a = TestMath.exp(-8 * (x[0] - 1) * (x[0] - 1))
      let b = TestMath.exp(-8 * (x[0] + 1) * (x[0] + 1))
      gradient[0] = -16 * ((x[0] - 1) * a + (x[0] + 1) * b) / (a + b)
      return TestMath.log(a + b)
    }
  }

  @Test func twoModesAreNone() throws {
    #expect(
      try obstacle(twoModes(even: [])) == "the density seems to have more than one mode")
  }

  @Test func mirroredModesAreOne() throws {
    let start = try #require(try findStart(of: twoModes(even: [0])).start)
    #expect(abs(start.position[0] - 1) < 1e-6)
    #expect(abs(start.inverseMetric.variances[0] - 1 / 16.0) < 1e-3)
  }

  @Test func flatAndNeverFiniteDensitiesHaveNone() throws {
    let ridge = FunctionDensity(dimension: 2) { x, gradient in
      let d = x[0] - x[1]
      gradient[0] = -d
      gradient[1] = d
      return -0.5 * d * d
    }
    #expect(
      try obstacle(ridge) == "the density does not curve down at the mode in every direction")
    #expect(
      try obstacle(FunctionDensity(dimension: 1) { _, _ in .nan })
        == "no point with a finite density was found")
    #expect(try obstacle(NormalDensity(dimension: 0)) == "there is nothing to start")
  }

  // MARK: Chains

  @Test func chainsStartAroundTheModeAndKnowTheMetric() async throws {
    let start = try #require(try findStart(of: Self.normal).start)
    for metric in [MetricShape.dense, .diagonal] {
      let configuration = try NUTSConfiguration(
        warmup: 0, draws: 50, metric: metric, start: .mode(start))
      let one = try await sample(
        Self.normal, configuration: .nuts(configuration),
        chains: ChainConfiguration(seed: 4, threads: 1))
      let two = try await sample(
        Self.normal, configuration: .nuts(configuration),
        chains: ChainConfiguration(seed: 4, threads: 2))
      #expect(one.map(\.reported) == two.map(\.reported))
      #expect(Set(one.map { $0.reported[0] }).count == 4)
      if metric == .dense {
        #expect(one.allSatisfy { $0.inverseMetric == start.inverseMetric })
        #expect(one.allSatisfy { $0.stepSize > 0.2 && $0.samplingEvaluations < 50 * 15 })
      }
    }
  }

  /// A short warmup from the mode: the dense metric stays that of the density.
  @Test func warmupKeepsADenseMetricRight() async throws {
    let start = try #require(try findStart(of: Self.normal).start)
    let covariance = CorrelatedNormal(lower: Self.lower).covariance
    for warmup in [1, 10, 19, 20, 40, 200] {
      let results = try await sample(
        Self.normal,
        configuration: .nuts(
          NUTSConfiguration(
            warmup: warmup, draws: 20, metric: .dense, start: .mode(start))))
      for result in results {
        for (i, variance) in result.inverseMetric.variances.enumerated() {
          #expect(abs(variance / covariance(i, i) - 1) < 1e-4, "warmup \(warmup)")
        }
      }
    }
  }

  /// Without a mode a dense metric is learned too: where the density is normal nearly exactly.
  @Test func aDenseMetricIsLearnedFromDrawsAndGradients() async throws {
    let density = CorrelatedNormal(lower: [[1, 0, 0], [0.6, 0.8, 0], [3, 1, 2]])
    let results = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 1000, draws: 10, metric: .dense)))
    for result in results {
      guard case .dense(let matrix) = result.inverseMetric else { continue }
      for i in 0..<3 {
        for j in 0..<3 { #expect(abs(matrix[3 * i + j] - density.covariance(i, j)) < 0.02) }
      }
    }
  }

  @Test func aStartOfAnotherDimensionIsAnError() async throws {
    let start = try #require(try findStart(of: NormalDensity(dimension: 2)).start)
    await #expect(throws: SamplingError.startDimension(chain: 1, expected: 4, found: 2)) {
      try await sample(Self.normal, configuration: .nuts(NUTSConfiguration(start: .mode(start))))
    }
  }

  @Test func errorsOfTheDensityAreNotSwallowed() {
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      try findStart(of: FunctionDensity(dimension: 1) { _, _ in throw Broken() })
    }
  }
}

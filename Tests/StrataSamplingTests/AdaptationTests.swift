import StrataKernels
import StrataSampling
import Testing

@Suite struct AdaptationTests {
  @Test func windowsAreThoseOfStan() {
    let standard = WarmupSchedule(warmup: 1000)
    #expect(standard.start == 75)
    #expect(standard.windowEnds == [100, 150, 250, 450, 950])
    #expect(!standard.isSlow(74) && standard.isSlow(75))
    #expect(standard.isSlow(949) && !standard.isSlow(950))
    #expect(WarmupSchedule(warmup: 150).windowEnds == [100])
    #expect(WarmupSchedule(warmup: 200).windowEnds == [100, 150])
    #expect(WarmupSchedule(warmup: 500).windowEnds == [100, 150, 250, 450])
  }

  @Test func shortWarmupsAreScaled() {
    let short = WarmupSchedule(warmup: 100)
    #expect(short.start == 15 && short.windowEnds == [90])
    #expect(WarmupSchedule(warmup: 20).windowEnds == [18])
    #expect(WarmupSchedule(warmup: 19).windowEnds.isEmpty)
    #expect(WarmupSchedule(warmup: 0).windowEnds.isEmpty)
    for warmup in 0...3000 {
      let schedule = WarmupSchedule(warmup: warmup)
      #expect(schedule.windowEnds.allSatisfy { $0 <= warmup && $0 > schedule.start })
      #expect(schedule.windowEnds == schedule.windowEnds.sorted())
    }
  }

  /// The first updates by hand, with the paper's formulas.
  @Test func dualAveragingFollowsThePaper() {
    var averaging = DualAveraging(targetAcceptance: 0.8, stepSize: 0.5)
    #expect(abs(averaging.mu - 1.609_437_912_434_100_4) < 1e-15)
    let first = averaging.update(acceptance: 0.3)
    // H = 0.5/11, log step = mu - H/0.05, and the first average is the step itself.
    let logFirst = averaging.mu - 0.5 / 11 / 0.05
    #expect(abs(first - TestMath.exp(logFirst)) < 1e-15)
    #expect(abs(averaging.averagedStepSize - first) < 1e-15)
    let second = averaging.update(acceptance: 1)
    let error = 11.0 / 12 * (0.5 / 11) + (0.8 - 1) / 12
    let logSecond = averaging.mu - error * 2.0.squareRoot() / 0.05
    #expect(abs(second - TestMath.exp(logSecond)) < 1e-14)
    let weight = TestMath.power(2, -0.75)
    #expect(
      abs(averaging.averagedStepSize - TestMath.exp(weight * logSecond + (1 - weight) * logFirst))
        < 1e-14)
  }

  @Test func aDivergentTransitionCountsAsRejected() {
    var a = DualAveraging(targetAcceptance: 0.8, stepSize: 1)
    var b = a
    #expect(a.update(acceptance: .nan) == b.update(acceptance: 0))
  }

  @Test(arguments: [MetricShape.diagonal, .dense])
  func covarianceIsThatOfTwoPasses(shape: MetricShape) {
    var random = RandomStream(seed: 1)
    var estimator = CovarianceEstimator(shape: shape, dimension: 3)
    let points = (0..<40).map { _ -> [Double] in
      let z = random.normal()
      return [1e6 + z, z + random.normal(), 1e-3 * random.normal()]
    }
    for point in points { estimator.add(point) }
    let n = 40.0
    let means = (0..<3).map { i in points.reduce(0) { $0 + $1[i] } / n }
    func covariance(_ i: Int, _ j: Int) -> Double {
      points.reduce(0) { $0 + ($1[i] - means[i]) * ($1[j] - means[j]) } / (n - 1)
    }
    let metric = estimator.regularized()
    for i in 0..<3 {
      let expected = n / (n + 5) * covariance(i, i) + 1e-3 * 5 / (n + 5)
      #expect(abs(metric.variances[i] / expected - 1) < 1e-9)
    }
    if case .dense(let matrix) = metric {
      #expect(abs(matrix[1] - n / (n + 5) * covariance(0, 1)) < 1e-9)
      #expect(matrix[1] == matrix[3] && matrix[2] == matrix[6] && matrix[5] == matrix[7])
    }
  }

  /// Scales over six orders of magnitude: the learned variances are those of the target, as Stan's
  /// shrinkage to 1e-3 leaves them (a last window of 500: 1e-5 is added, which swamps 1e-6).
  @Test func metricFindsKnownScales() async throws {
    let scales = [1e-3, 1e-2, 0.1, 1, 10, 100, 1e3]
    let results = try await sample(
      NormalDensity(scales: scales), configuration: NUTSConfiguration(draws: 100))
    for result in results {
      for (variance, scale) in zip(result.inverseMetric.variances, scales) {
        let expected = 500.0 / 505 * scale * scale + 1e-3 * 5 / 505
        #expect(variance / expected > 0.6 && variance / expected < 1.6, "scale \(scale)")
      }
      #expect(result.stepSize > 0.05 && result.stepSize < 2)
      #expect(result.warmupDivergences < 50)
      #expect(result.divergenceCount == 0)
    }
  }

  /// As in Stan the averaged step is accepted somewhat more often than the target: the last window
  /// is short, and the acceptance of independent normals jumps with the step size.
  @Test func stepSizeReachesTheTargetAcceptance() async throws {
    for target in [0.6, 0.8, 0.95] {
      let results = try await sample(
        NormalDensity(dimension: 50),
        configuration: NUTSConfiguration(targetAcceptance: target))
      for result in results {
        let mean = result.statistics.reduce(0) { $0 + $1.acceptance } / Double(result.drawCount)
        #expect(mean > target - 0.1 && mean < target + 0.2, "target \(target), reached \(mean)")
      }
    }
  }

  @Test func choleskyOfAnIndefiniteMatrixSaysWhere() {
    var matrix = [4.0, 2, 2, 1]
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2, dimension: 2)) {
      try LinearAlgebra.cholesky(&matrix, dimension: 2)
    }
    var good = [4.0, 2, 2, 5]
    #expect(throws: Never.self) { try LinearAlgebra.cholesky(&good, dimension: 2) }
    #expect(good == [2, 0, 1, 2])
    #expect(throws: LinearAlgebraError.wrongSize(expected: 9, found: 4)) {
      try LinearAlgebra.cholesky(&good, dimension: 3)
    }
  }
}

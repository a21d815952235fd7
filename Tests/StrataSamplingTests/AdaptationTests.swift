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
      NormalDensity(scales: scales),
      configuration: .nuts(NUTSConfiguration(draws: 100, metricEstimate: .variance)))
    for result in results {
      for (variance, scale) in zip(result.inverseMetric.variances, scales) {
        let expected = 500.0 / 505 * scale * scale + 1e-3 * 5 / 505
        #expect(variance / expected > 0.6 && variance / expected < 1.6, "scale \(scale)")
      }
      #expect(result.stepSize > 0.05 && result.stepSize < 2)
      // Steps are too long for the smallest scale until the first windows have shown it.
      #expect(result.warmupDivergences < 100)
      #expect(result.divergenceCount == 0)
    }
  }

  /// Draws and gradients of independent normals are proportional: the scales are exact at once,
  /// whatever their size, and after a short warmup too.
  @Test(arguments: [50, 1000])
  func metricOfDrawsAndGradientsFindsKnownScales(warmup: Int) async throws {
    let scales = [1e-6, 1e-3, 0.1, 1, 10, 1e3, 1e6]
    let results = try await sample(
      NormalDensity(scales: scales),
      configuration: .nuts(NUTSConfiguration(warmup: warmup, draws: 100)))
    for result in results {
      for (variance, scale) in zip(result.inverseMetric.variances, scales) {
        #expect(abs(variance / (scale * scale) - 1) < 1e-6, "scale \(scale)")
      }
      #expect(result.stepSize > 0.3 && result.stepSize < 2)
      #expect(result.divergenceCount == 0)
    }
  }

  /// Every length of warmup works, and its windows fit into it.
  @Test(arguments: [0, 1, 2, 3, 5, 10, 20, 100, 150, 300])
  func shortWarmupsRun(warmup: Int) async throws {
    let results = try await sample(
      NormalDensity(scales: [0.5, 1, 2]),
      configuration: .nuts(NUTSConfiguration(warmup: warmup, draws: 50)))
    for result in results {
      #expect(result.isComplete && result.stepSize > 0 && result.stepSize.isFinite)
      #expect(result.inverseMetric.variances.allSatisfy { $0 > 0 && $0.isFinite })
      #expect(result.warmupEvaluations > warmup)
    }
  }

  @Test func windowsOverlap() {
    var windows = OverlappingWindows(warmup: 1000)
    #expect(windows.earlyEnd == 300 && windows.end == 850)
    var background = 1
    var switches: [Int] = []
    for iteration in 0..<windows.end {
      background += 1
      if windows.switches(after: iteration, background: background) {
        switches.append(iteration)
        background = 0
      }
    }
    // The start point counts as a draw; from 300 on windows of 80 and 120 draws, and the rest.
    #expect(switches.prefix(3) == [8, 18, 28] && switches.filter { $0 < 300 }.count == 30)
    #expect(switches.filter { $0 >= 300 } == [378, 498])
  }

  @Test func shortWarmupsKeepSomeDraws() {
    for warmup in 0...400 {
      var windows = OverlappingWindows(warmup: warmup)
      #expect(windows.end <= warmup && windows.earlyEnd <= windows.end)
      var (foreground, background) = (1, 1)
      for iteration in 0..<windows.end {
        foreground += 1
        background += 1
        if windows.switches(after: iteration, background: background) {
          (foreground, background) = (background, 0)
        }
      }
      #expect(foreground >= min(10, windows.end))
    }
  }

  /// Against plain loops over two passes, through a switch of windows and all tails.
  @Test(arguments: [1, 7, 8, 9, 17])
  func fisherScaleIsThatOfTwoPasses(dimension: Int) {
    var random = RandomStream(seed: 4)
    let estimator = FisherEstimator(dimension: dimension)
    var points: [(draw: [Double], gradient: [Double])] = []
    for i in 0..<60 {
      let draw = (0..<dimension).map { 1e3 + Double($0 + 1) * random.normal() }
      let gradient = (0..<dimension).map { _ in random.normal() }
      estimator.add(draw, gradient: gradient)
      if i == 19 { estimator.switchWindows() }  // the background had all 20: so has the foreground
      if i == 39 { estimator.switchWindows() }  // now it has draws 20 to 39
      if i >= 20 { points.append((draw, gradient)) }
    }
    #expect(estimator.count == 40 && estimator.backgroundCount == 20)
    var scale = [Double](repeating: 1, count: dimension)
    estimator.writeScale(&scale)
    func squares(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    for i in 0..<dimension {
      let ratio = squares(points.map { $0.draw[i] }) / squares(points.map { $0.gradient[i] })
      #expect(abs(scale[i] / ratio.squareRoot().squareRoot() - 1) < 1e-9)
    }
  }

  @Test func scaleStaysWhereNothingChanges() {
    let estimator = FisherEstimator(dimension: 3)
    for i in 0..<5 { estimator.add([1, Double(i), Double(i)], gradient: [2, 3, -Double(i) / 16]) }
    var scale = [7.0, 8, 9]
    estimator.writeScale(&scale)
    #expect(scale[0] == 7 && scale[1] == 8)
    #expect(abs(scale[2] - 4) < 1e-15)
  }

  /// The acceptance of independent normals jumps with the step size, so it is met only nearly.
  @Test func stepSizeReachesTheTargetAcceptance() async throws {
    for target in [0.6, 0.8, 0.95] {
      let results = try await sample(
        NormalDensity(dimension: 50),
        configuration: .nuts(NUTSConfiguration(targetAcceptance: target)))
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

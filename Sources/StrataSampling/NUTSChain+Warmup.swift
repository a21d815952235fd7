/// Warmup: the step size and the metric are learned.
extension NUTSChain {
  /// Adapts step size and metric; returns the number of divergent transitions.
  mutating func warmUp() throws -> Int {
    try hamiltonian.setMetric(metric)
    guard configuration.warmup > 0 else {
      try findStepSize()
      return 0
    }
    monitor.begin(.warmup, count: configuration.warmup)
    return switch (configuration.metricEstimate, configuration.metric) {
    case (.fisher, .diagonal): try warmUpByFisher()
    case (.fisher, .dense): try warmUpDense()
    case (.variance, _): try warmUpByVariance()
    }
  }

  /// Doubles or halves the step size until the acceptance of a single step crosses 0.8, as Stan.
  mutating func findStepSize() throws {
    guard dimension > 0 else { return }
    let threshold = -0.223_143_551_314_209_7  // log 0.8
    var growing: Bool?
    while true {
      let start = hamiltonian.begin(stepSize: stepSize)
      let (leaf, logWeight) = try hamiltonian.step()
      hamiltonian.discard(leaf)
      hamiltonian.finish(start)
      let accepted = logWeight > threshold
      if let growing, growing != accepted { return }
      growing = accepted
      stepSize *= accepted ? 2 : 0.5
      guard stepSize < 1e7, stepSize > 0 else {
        throw SamplingError.stepSize(chain: chain + 1, stepSize: stepSize)
      }
    }
  }

  func newAveraging() -> DualAveraging {
    DualAveraging(targetAcceptance: configuration.targetAcceptance, stepSize: stepSize)
  }

  // MARK: Draws and gradients

  /// The metric follows the draws of two overlapping windows from the third iteration on, and the
  /// step size follows the metric, without starting over at the windows' ends.
  private mutating func warmUpByFisher() throws -> Int {
    var windows = OverlappingWindows(warmup: configuration.warmup)
    let estimator = FisherEstimator(dimension: dimension)
    if configuration.start == .jittered { hamiltonian.scaleByGradient() }
    hamiltonian.observe(estimator)
    try findStepSize()
    var averaging = newAveraging()
    var isFirst = true
    var divergent = 0
    for iteration in 0..<configuration.warmup {
      if monitor.isCancelled { break }
      let before = hamiltonian.current
      let summary = try transition()
      if summary.isDivergent { divergent += 1 }
      stepSize = averaging.update(acceptance: summary.acceptance)
      if iteration < windows.end {
        // A chain that is stuck says nothing about the scale of the posterior.
        if hamiltonian.current != before && !summary.isDivergent { hamiltonian.observe(estimator) }
        if windows.switches(after: iteration, background: estimator.backgroundCount) {
          estimator.switchWindows()
        }
        if estimator.count > 2 {
          hamiltonian.scale(by: estimator)
          if isFirst {
            isFirst = false
            try findStepSize()
            averaging = newAveraging()
          }
        }
      }
      monitor.report(
        iteration: iteration + 1, divergences: divergent, evaluations: hamiltonian.evaluations)
    }
    stepSize = averaging.averagedStepSize
    metric = hamiltonian.diagonalMetric
    return divergent
  }

  // MARK: Variances

  /// Stan's warmup: the metric is the covariance of the draws of a window, learned at its end.
  private mutating func warmUpByVariance() throws -> Int {
    try findStepSize()
    let schedule = WarmupSchedule(warmup: configuration.warmup)
    var covariance = CovarianceEstimator(shape: configuration.metric, dimension: dimension)
    var averaging = newAveraging()
    var divergent = 0
    for iteration in 0..<configuration.warmup {
      if monitor.isCancelled { return divergent }
      let summary = try transition()
      if summary.isDivergent { divergent += 1 }
      stepSize = averaging.update(acceptance: summary.acceptance)
      if schedule.isSlow(iteration) {
        covariance.add(hamiltonian.current)
        if schedule.windowEnds.contains(iteration + 1) {
          try learnMetric(&covariance)
          averaging = newAveraging()
        }
      }
      monitor.report(
        iteration: iteration + 1, divergences: divergent, evaluations: hamiltonian.evaluations)
    }
    stepSize = averaging.averagedStepSize
    return divergent
  }

  private mutating func learnMetric(_ covariance: inout CovarianceEstimator) throws {
    metric = covariance.regularized()
    covariance.reset()
    try hamiltonian.setMetric(metric)
    try findStepSize()
  }
}

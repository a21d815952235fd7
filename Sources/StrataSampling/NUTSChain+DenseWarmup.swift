/// Warmup of a dense metric from draws and gradients.
extension NUTSChain {
  /// The metric is learned anew at the end of each window and starts from that of the mode, or from the size
  /// of the gradient at the start; the step size follows it, without starting over.
  mutating func warmUpDense() throws -> Int {
    let schedule = WarmupSchedule(denseWarmup: configuration.warmup)
    var estimator = DenseFisherEstimator(dimension: dimension)
    if configuration.start == .jittered {
      metric = hamiltonian.metricOfGradient
      try hamiltonian.setMetric(metric)
    }
    try findStepSize()
    var averaging = newAveraging()
    var divergent = 0
    for iteration in 0..<configuration.warmup {
      if monitor.isCancelled { break }
      let before = hamiltonian.current
      let summary = try transition()
      if summary.isDivergent { divergent += 1 }
      stepSize = averaging.update(acceptance: summary.acceptance)
      if schedule.isSlow(iteration) {
        // A chain that is stuck says nothing about the posterior.
        if hamiltonian.current != before && !summary.isDivergent { hamiltonian.observe(&estimator) }
        if schedule.windowEnds.contains(iteration + 1) {
          metric = estimator.estimate(from: metric)
          estimator.reset()
          try hamiltonian.setMetric(metric)
        }
      }
      monitor.report(
        iteration: iteration + 1, divergences: divergent, evaluations: hamiltonian.evaluations)
    }
    stepSize = averaging.averagedStepSize
    return divergent
  }
}

import StrataKernels

/// Watches one chain from inside: passes progress on at a bounded rate, and sees cancellation.
struct ChainMonitor {
  let chain: Int
  private let cancelled: AtomicFlag
  private let handler: ProgressHandler?
  private var phase = ChainProgress.Phase.warmup
  private var count = 0
  private var nextReport = ContinuousClock.now
  private var nextLook = 0

  init(chain: Int, cancelled: AtomicFlag, handler: ProgressHandler?) {
    self.chain = chain
    self.cancelled = cancelled
    self.handler = handler
  }

  /// Whether the chain has to stop.
  var isCancelled: Bool { cancelled.isSet }

  mutating func begin(_ phase: ChainProgress.Phase, count: Int) {
    self.phase = phase
    self.count = count
    nextReport = .now
    nextLook = 0
  }

  /// After each iteration: the clock is read only every 500 evaluations (or after a slow one).
  @inline(__always)
  mutating func report(iteration: Int, divergences: Int, evaluations: Int) {
    guard let handler, evaluations >= nextLook || iteration == count else { return }
    nextLook = evaluations + 500
    let now = ContinuousClock.now
    guard now >= nextReport || iteration == count else { return }
    nextReport = now + .milliseconds(100)
    handler(
      ChainProgress(
        chain: chain, phase: phase, iteration: iteration, iterationCount: count,
        divergences: divergences, evaluations: evaluations))
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + 1e-18 * Double(components.attoseconds)
  }
}

import Strata
import Synchronization

/// One line on stderr that is rewritten while the chains run: draws, divergences, time left.
final class ProgressDisplay: Sendable {
  private struct State {
    var chains: [Int: ChainProgress] = [:]
    var warmup = 0
    var nextShown: ContinuousClock.Instant
    var isOnScreen = false
  }

  private let isShown: Bool
  private let chains: Int
  /// Of each chain; nil if a precision is to be reached, and nobody knows how many that takes.
  private let draws: Int?
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>

  init(isShown: Bool, options: FitOptions) {
    self.isShown = isShown
    chains = options.chains
    draws = options.target == nil ? options.draws : nil
    start = .now
    // What is over in the blink of an eye needs no progress.
    state = Mutex(State(nextShown: start + .milliseconds(300)))
  }

  /// What the samplers call; nil if nothing is to be shown.
  var handler: ProgressHandler? {
    isShown ? { @Sendable [self] progress in update(progress) } : nil
  }

  private func update(_ progress: ChainProgress) {
    state.withLock { state in
      state.chains[progress.chain] = progress
      if progress.phase == .warmup { state.warmup = progress.iterationCount }
      let now = ContinuousClock.now
      if now < state.nextShown { return }
      state.nextShown = now + .milliseconds(100)
      let line = text(state, seconds: (now - start) / .seconds(1))
      state.isOnScreen = true
      Terminal.rewriteLine(line)
    }
  }

  /// Clears the line.
  func finish() {
    state.withLock { state in
      if state.isOnScreen { Terminal.rewriteLine("") }
      state.isOnScreen = false
      state.nextShown = .now + .seconds(1_000_000_000)
    }
  }

  /// `Warmup 63 %, 0 of 4000 draws, 0 divergent, 12 s left`: short enough for 80 columns.
  private func text(_ state: State, seconds: Double) -> String {
    var (warmed, drawn, divergences) = (0, 0, 0)
    for chain in state.chains.values {
      switch chain.phase {
      case .warmup:
        warmed += chain.iteration
      case .sampling:
        warmed += state.warmup
        drawn += chain.iteration
        divergences += chain.divergences
      }
    }
    // Of the chains that run: the others wait for a free core.
    let percent = 100 * warmed / max(1, state.chains.count * state.warmup)
    let phase = drawn == 0 ? "Warmup \(percent) %" : "Sampling"
    guard let draws else { return "\(phase), \(drawn) draws, \(divergences) divergent" }
    let all = chains * (state.warmup + draws)
    let done = Double(warmed + drawn) / Double(max(1, all))
    let left = Self.timeLeft(done > 0.003 ? seconds * (1 - done) / done : nil)
    return "\(phase), \(drawn) of \(chains * draws) draws, \(divergences) divergent\(left)"
  }

  /// `, 12 s left`; nothing while there is no saying.
  static func timeLeft(_ seconds: Double?) -> String {
    guard let seconds, seconds < 1e7 else { return "" }
    let whole = Int(seconds.rounded(.up))
    if whole < 100 { return ", \(whole) s left" }
    let minutes = (whole + 59) / 60
    if minutes < 100 { return ", \(minutes) min left" }
    return ", \((minutes + 59) / 60) h left"
  }
}

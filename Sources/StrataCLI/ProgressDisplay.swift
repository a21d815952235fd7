import Strata
import Synchronization

/// One line on stderr that is rewritten while the chains run: draws, divergences, time left.
final class ProgressDisplay: Sendable {
  private struct State {
    var chains: [Int: ChainProgress] = [:]
    var lastShown: ContinuousClock.Instant?
    var width = 0
  }

  private let isShown: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(isShown: Bool) { self.isShown = isShown }

  /// What the samplers call; nil if nothing is to be shown.
  var handler: ProgressHandler? {
    isShown ? { @Sendable [self] progress in update(progress) } : nil
  }

  private func update(_ progress: ChainProgress) {
    state.withLock { state in
      state.chains[progress.chain] = progress
      let now = ContinuousClock.now
      if let last = state.lastShown, now - last < .milliseconds(100) { return }
      state.lastShown = now
      let line = text(state.chains.values.sorted { $0.chain < $1.chain })
      let padding = String(repeating: " ", count: max(0, state.width - line.count))
      state.width = line.count
      Terminal.writeError("\r" + line + padding)
    }
  }

  /// Clears the line.
  func finish() {
    state.withLock { state in
      guard state.width > 0 else { return }
      Terminal.writeError("\r" + String(repeating: " ", count: state.width) + "\r")
      state.width = 0
    }
  }

  private func text(_ chains: [ChainProgress]) -> String {
    let parts = chains.map { chain in
      let percent = chain.iteration * 100 / max(chain.iterationCount, 1)
      return "chain \(chain.chain + 1) \(chain.phase.rawValue) \(percent) %"
    }
    let divergences = chains.filter { $0.phase == .sampling }.reduce(0) { $0 + $1.divergences }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let note = divergences > 0 ? ", \(divergences) divergent" : ""
    return parts.joined(separator: ", ") + note + ", \(Report.decimals(seconds, 1)) s"
  }
}

import Strata
import Synchronization

/// Lines on stderr that are rewritten while the chains run, one for each chain: where it is, draws per second,
/// divergences, time left. Of many chains, or on a low terminal, one line for all.
final class ProgressDisplay: Sendable {
  fileprivate struct State {
    var chains: [Int: ChainState] = [:]
    var nextShown: ContinuousClock.Instant
    var lineCount = 0
  }

  fileprivate struct ChainState {
    var progress: ChainProgress
    /// When it was first heard of, in seconds, and when its draws began.
    var start: Double
    var samplingStart: Double?
    /// When it was last heard of.
    var last: Double
    var warmup = 0
  }

  private let isShown: Bool
  private let chains: Int
  /// Of each chain; nil if a precision is to be reached, and nobody knows how many that takes.
  private let draws: Int?
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>
  private let isByChain: Bool

  init(isShown: Bool, options: FitOptions) {
    self.isShown = isShown
    chains = options.chains
    draws = options.target == nil ? options.draws : nil
    start = .now
    isByChain = options.chains <= min(16, Terminal.height - 4)
    // What is over in the blink of an eye needs no progress.
    state = Mutex(State(nextShown: start + .milliseconds(300)))
  }

  /// What the samplers call; nil if nothing is to be shown.
  var handler: ProgressHandler? {
    isShown ? { @Sendable [self] progress in update(progress) } : nil
  }

  private func update(_ progress: ChainProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      let seconds = (now - start) / .seconds(1)
      state.note(progress, at: seconds)
      if now < state.nextShown { return }
      state.nextShown = now + .milliseconds(100)
      let lines =
        isByChain
        ? (0..<chains).map { line($0, state.chains[$0], seconds) } : [line(state, seconds)]
      Terminal.rewriteLines(lines, replacing: state.lineCount)
      state.lineCount = lines.count
    }
  }

  /// Clears the lines.
  func finish() {
    state.withLock { state in
      if state.lineCount > 0 { Terminal.rewriteLines([], replacing: state.lineCount) }
      state.lineCount = 0
      state.nextShown = .now + .seconds(1_000_000_000)
    }
  }

  // MARK: Text

  /// `chain 2  ━━━━━━━━╸   412 of 1000, 530 draws/s, 0 divergent, 2 s left`.
  private func line(_ number: Int, _ chain: ChainState?, _ seconds: Double) -> String {
    let room = String(repeating: " ", count: "\(chains)".count - "\(number + 1)".count)
    let name = "chain \(number + 1)\(room)  "
    guard let chain else { return name + Self.bar(0, beside: name) + "waits for a core" }
    let p = chain.progress
    guard let draws else {
      let percent = 100 * p.iteration / max(1, p.iterationCount)
      return name
        + (p.phase == .warmup ? "warmup \(percent) %" : "\(p.iteration) draws\(rate(of: chain))")
    }
    let warmup = p.phase == .warmup ? p.iterationCount : chain.warmup
    let done = p.phase == .warmup ? p.iteration : warmup + p.iteration
    let share = Double(done) / Double(max(1, warmup + draws))
    let bar = Self.bar(share, beside: name)
    switch p.phase {
    case .warmup:
      let left = share > 0.003 ? (chain.last - chain.start) * (1 - share) / share : nil
      let percent = 100 * p.iteration / max(1, p.iterationCount)
      return "\(name)\(bar)warmup \(percent) %\(Self.timeLeft(left))"
    case .sampling:
      if p.iteration >= draws { return "\(name)\(bar)\(draws) draws, \(p.divergences) divergent" }
      let left = drawsPerSecond(of: chain).map { Double(draws - p.iteration) / $0 }
      return "\(name)\(bar)\(p.iteration) of \(draws)\(rate(of: chain))\(Self.timeLeft(left))"
    }
  }

  private func drawsPerSecond(of chain: ChainState) -> Double? {
    let spent = chain.last - (chain.samplingStart ?? chain.last)
    return spent > 0.05 ? Double(chain.progress.iteration) / spent : nil
  }

  /// `, 530 draws/s, 0 divergent`.
  private func rate(of chain: ChainState) -> String {
    let rate = drawsPerSecond(of: chain).map { ", " + Self.rate($0) } ?? ""
    return "\(rate), \(chain.progress.divergences) divergent"
  }

  /// All chains together: `Sampling, 1800 of 64000 draws, 2100 draws/s, 0 divergent, 30 s left`.
  private func line(_ state: State, _ seconds: Double) -> String {
    var (warmed, drawn, divergences, warmup) = (0, 0, 0, 0)
    for chain in state.chains.values {
      warmup = max(warmup, chain.warmup)
      switch chain.progress.phase {
      case .warmup: warmed += chain.progress.iteration
      case .sampling:
        warmed += chain.warmup
        drawn += chain.progress.iteration
        divergences += chain.progress.divergences
      }
    }
    let percent = 100 * warmed / max(1, state.chains.count * warmup)
    let phase = drawn == 0 ? "Warmup \(percent) %" : "Sampling"
    let rate = drawn > 0 && seconds > 0.5 ? ", \(Self.rate(Double(drawn) / seconds))" : ""
    guard let draws else { return "\(phase), \(drawn) draws\(rate), \(divergences) divergent" }
    let done = Double(warmed + drawn) / Double(max(1, chains * (warmup + draws)))
    let left = Self.timeLeft(done > 0.003 ? seconds * (1 - done) / done : nil)
    return "\(phase), \(drawn) of \(chains * draws) draws\(rate), \(divergences) divergent\(left)"
  }

  /// How far something is, in as many characters as the terminal leaves beside name and numbers, at most twenty.
  private static func bar(_ share: Double, beside name: String) -> String {
    let width = min(20, Terminal.width - 1 - name.count - 56)
    guard width >= 4 else { return "" }
    let halves = Int((max(0, min(share, 1)) * Double(2 * width)).rounded(.down))
    let full = String(repeating: "━", count: halves / 2)
    let rest = halves % 2 == 1 ? "╸" : ""
    return full + rest + String(repeating: " ", count: width - full.count - rest.count) + "  "
  }

  /// `530 draws/s`, `1.2 draws/s`.
  static func rate(_ rate: Double) -> String {
    if rate >= 10 { return "\(Int(min(rate, 1e15).rounded())) draws/s" }
    let tenths = Int((rate * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) draws/s"
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

extension ProgressDisplay.State {
  fileprivate mutating func note(_ progress: ChainProgress, at seconds: Double) {
    var chain =
      chains[progress.chain] ?? .init(progress: progress, start: seconds, last: seconds)
    if progress.phase == .warmup {
      chain.warmup = progress.iterationCount
    } else if chain.samplingStart == nil {
      // The first report of draws comes a little after the first of them.
      chain.samplingStart = chain.last
    }
    chain.progress = progress
    chain.last = seconds
    chains[progress.chain] = chain
  }
}

import StrataDiagnostics

/// A histogram in one line of block characters: `▁▂▅█▆▃▁`.
enum Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  /// Of draws, between their 0.5 and 99.5 % quantiles; empty where they don't differ or are not finite.
  static func text(_ draws: [Double], width: Int = 12) -> String {
    let sorted = draws.sorted()
    guard width > 0, let first = sorted.first, let last = sorted.last, first.isFinite, last.isFinite
    else { return "" }
    let tail = sorted.count / 200
    let (low, high) = (sorted[tail], sorted[sorted.count - 1 - tail])
    let span = high - low
    guard span > 0, span.isFinite else { return "" }
    var counts = [Int](repeating: 0, count: width)
    for x in sorted where x >= low && x <= high {
      counts[min(Int((x - low) / span * Double(width)), width - 1)] += 1
    }
    let most = counts.max() ?? 1
    return String(counts.map { $0 == 0 ? " " : bars[min($0 * 8 / most, 7)] })
  }
}

extension Fit {
  /// Small histograms of all numbers of the summary, in its order; empty where draws were not kept.
  package func sparklines(width: Int = 12) -> [String] {
    let names = parameterNames
    return parallelMap(names.count) { i in
      self[names[i]].map { Sparkline.text($0.flatMap { $0 }, width: width) } ?? ""
    }
  }
}

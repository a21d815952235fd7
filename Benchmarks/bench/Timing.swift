/// The median and the least of several timings, in seconds for one call.
struct Timing: Encodable {
  var median: Double
  var least: Double

  /// Times `body`: as many calls as take about 20 ms make a sample; 15 samples after one that is thrown
  /// away.
  init(_ body: () -> Void) {
    let clock = ContinuousClock()
    func time(_ calls: Int) -> Double {
      let start = clock.now
      for _ in 0..<calls { body() }
      return (clock.now - start) / .seconds(1)
    }
    var calls = 1
    while time(calls) < 0.01, calls < 1 << 30 { calls *= 2 }
    let samples = (0..<15).map { _ in time(calls) / Double(calls) }.sorted()
    median = samples[samples.count / 2]
    least = samples[0]
  }
}

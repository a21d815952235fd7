import StrataSampling

extension ChainResult {
  /// Everything but the draws, their statistics and the time they took.
  var archivedState: [UInt8] {
    var writer = ByteWriter()
    for count in [
      chain, reportedCount, warmupEvaluations, samplingEvaluations, warmupDivergences,
      divergences.count,
    ] { writer.put(count) }
    writer.put(isComplete)
    writer.put(stepSize)
    inverseMetric.write(to: &writer)
    moments.write(to: &writer)
    writer.put(lastPosition)
    for divergence in divergences { divergence.write(to: &writer) }
    return writer.bytes
  }

  /// Put together again.
  init(
    archivedState reader: inout ByteReader, reported: [Double], statistics: [DrawStatistics]
  ) throws {
    let (chain, reportedCount) = (try reader.int(), try reader.int())
    let (warmup, sampling) = (try reader.int(), try reader.int())
    let (warmupDivergences, divergenceCount) = (try reader.int(), try reader.int())
    let isComplete = try reader.bool()
    let stepSize = try reader.double()
    let metric = try InverseMetric(&reader)
    let moments = try RunningMoments(&reader)
    let lastPosition = try reader.doubles()
    var divergences: [Divergence] = []
    for _ in 0..<divergenceCount { divergences.append(try Divergence(&reader)) }
    guard reported.count == reportedCount * statistics.count else {
      throw ByteReader.Ended()
    }
    self.init(
      chain: chain, reportedCount: reportedCount, reported: reported, statistics: statistics,
      stepSize: stepSize, inverseMetric: metric, warmupSeconds: 0, samplingSeconds: 0,
      warmupEvaluations: warmup, samplingEvaluations: sampling,
      warmupDivergences: warmupDivergences, divergences: divergences, lastPosition: lastPosition,
      isComplete: isComplete, moments: moments)
  }
}

/// Means and sums of squared deviations of numbers whose draws are not kept, draw by draw. Source: Welford1962.
public struct RunningMoments: Sendable, Equatable {
  /// How many draws were added.
  public private(set) var drawCount = 0
  /// The mean of each number so far.
  public private(set) var means: [Double]
  /// The sum of its squared deviations from that mean.
  public private(set) var squares: [Double]

  /// - Parameter count: how many numbers there are.
  package init(count: Int) {
    means = Array(repeating: 0, count: count)
    squares = means
  }

  package init(_ reader: inout ByteReader) throws {
    drawCount = try reader.int()
    means = try reader.doubles()
    squares = try reader.doubles()
  }

  /// Adds a draw: one value for each number.
  mutating func add(_ row: ArraySlice<Double>) {
    if means.isEmpty { return }
    drawCount += 1
    let weight = 1 / Double(drawCount)
    for (index, value) in zip(means.indices, row) {
      let before = value - means[index]
      means[index] += weight * before
      squares[index] += before * (value - means[index])
    }
  }
}

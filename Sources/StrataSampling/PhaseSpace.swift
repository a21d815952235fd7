/// The memory of one chain's trajectory: slots for points and for sums of momenta, all allocated
/// once, handed out and taken back in last-in-first-out order so that the used ones stay in cache.
///
/// A point's slot holds position, standardised momentum and gradient, each padded with zeros to a
/// multiple of 8 values, and then its log density and its energy. The padding stays zero, so
/// kernels run over whole vectors and need no tails.
final class PhaseSpace {
  typealias Slot = UnsafeMutablePointer<Double>

  let dimension: Int
  /// The dimension rounded up to a multiple of 8.
  let stride: Int
  private let memory: UnsafeMutableRawPointer
  /// Free slots; the free ones are the first `count` entries, and the one after them may be written.
  let freePoints: UnsafeMutablePointer<Slot>
  let freeSums: UnsafeMutablePointer<Slot>
  let pointCount: Int
  let sumCount: Int
  /// The diagonal of the metric's factor (ones for a dense metric), padded with zeros.
  let scale: Slot
  /// Two vectors of scratch, for the dense metric.
  let scratch: Slot
  /// For random numbers that are made ahead.
  let reserve: Slot
  /// The factor of a dense metric, row by row, else nil.
  let lower: Slot?

  /// While a tree of depth m is built there are at most three points of the tree, three of each of
  /// the m pending subtrees, and those of two leaves; and one sum for each of them.
  init(dimension: Int, maximumDepth: Int, shape: MetricShape) {
    self.dimension = dimension
    stride = (dimension + 7) / 8 * 8
    pointCount = 3 * (maximumDepth + 2) + 4
    sumCount = maximumDepth + 4
    let pointSize = 3 * stride + 8
    let matrixSize = shape == .dense ? (dimension * dimension + 7) / 8 * 8 : 0
    let total =
      pointCount * pointSize + (sumCount + 3) * stride + RandomReserve.memory + matrixSize
    memory = .allocate(byteCount: total * MemoryLayout<Double>.stride, alignment: 64)
    let values = memory.bindMemory(to: Double.self, capacity: total)
    values.initialize(repeating: 0, count: total)
    freePoints = .allocate(capacity: pointCount + 1)
    freeSums = .allocate(capacity: sumCount)
    for i in 0..<pointCount { freePoints[i] = values + i * pointSize }
    let sums = values + pointCount * pointSize
    for i in 0..<sumCount { freeSums[i] = sums + i * stride }
    scale = sums + sumCount * stride
    scratch = scale + stride
    reserve = scratch + 2 * stride
    lower = shape == .dense ? reserve + RandomReserve.memory : nil
  }

  deinit {
    freePoints.deallocate()
    freeSums.deallocate()
    memory.deallocate()
  }
}

import StrataKernels

/// The trajectory of a Hamiltonian system by leapfrog steps: the one that draws posteriors.
///
/// Momenta are standardised (see the header of the sampler kernels), so the metric enters only in
/// the steps. Points carry position, momentum, gradient and log density, so nothing is evaluated
/// twice, and nothing is copied: segments are made of the points' addresses.
package struct Hamiltonian: Trajectory {
  package typealias Slot = UnsafeMutablePointer<Double>

  /// A run of points by its end points in the order of growth; `sum` is the sum of its momenta, which
  /// for a single point is its own momentum.
  package struct Segment {
    var first: Slot
    var last: Slot
    var chosen: Slot
    var sum: Slot
  }

  private let density: DensityFunctions
  /// The same object; it lives as long as `density`.
  private let unmanaged: Unmanaged<DensityFunctions>
  private let space: PhaseSpace
  private let kernels = TrajectoryKernels()
  private let hasEvenCoordinates: Bool
  private let stride: Int
  /// The diagonal of the metric's factor, of `space`.
  private let scale: Slot
  private var freePoints: Int
  private var freeSums: Int
  /// The growing end, where the next step begins.
  private var end: Slot
  private var startEnergy = 0.0
  /// Half the step, negative where the trajectory grows backward.
  private var halfStep = 0.0

  private var reserve: RandomReserve
  /// Where the chain's random numbers come from.
  var random: RandomStream {
    get { reserve.stream }
    set { reserve.stream = newValue }
  }
  /// Where the chain stands: the last chosen point.
  package private(set) var current: Slot
  /// The point of the last step, also after it was given back: for the record of a divergence.
  package private(set) var latest: Slot
  /// Evaluations of the gradient so far.
  package private(set) var evaluations = 0

  package init(
    _ density: DensityFunctions, random: RandomStream, maximumDepth: Int, shape: MetricShape
  ) {
    self.density = density
    unmanaged = .passUnretained(density)
    space = PhaseSpace(
      dimension: density.dimension, maximumDepth: maximumDepth, shape: shape)
    reserve = RandomReserve(random, memory: space.reserve)
    hasEvenCoordinates = !density.evenCoordinates.isEmpty
    stride = space.stride
    scale = space.scale
    freePoints = space.pointCount - 1
    freeSums = space.sumCount
    current = space.freePoints[space.pointCount - 1]
    end = current
    latest = current
  }

  /// The energy of the last step minus that at the start; infinite outside the support.
  package var latestEnergyError: Double { latest[3 * stride + 1] - startEnergy }

  // MARK: The chain's point

  @inline(__always) private func momentum(_ slot: Slot) -> Slot { slot + stride }
  @inline(__always) private func gradient(_ slot: Slot) -> Slot { slot + 2 * stride }
  /// The log density of a point.
  package func logDensity(_ slot: Slot) -> Double { slot[3 * stride] }
  /// The energy of a point that has a momentum.
  package func energy(_ slot: Slot) -> Double { slot[3 * stride + 1] }

  /// Moves the chain to a position; its log density and gradient are evaluated and returned raw.
  package mutating func moveTo(_ position: [Double]) throws -> (
    logDensity: Double, gradient: [Double]
  ) {
    let count = space.dimension
    position.withUnsafeBufferPointer { source in
      for i in 0..<count { current[i] = source[i] }
    }
    let target = gradient(current)
    for i in 0..<count { target[i] = .nan }
    let value = try density.gradient(UnsafePointer(current), target)
    evaluations += 1
    current[3 * stride] = value
    return (value, Array(UnsafeBufferPointer(start: target, count: count)))
  }

  /// Sets the metric; the gradient of the current point has to be the raw one (`moveTo`) or is
  /// evaluated again.
  package mutating func setMetric(_ metric: InverseMetric) throws {
    let count = space.dimension
    let factor = try metric.factor(dimension: count)
    switch metric {
    case .diagonal:
      for i in 0..<count { space.scale[i] = factor[i] }
    case .dense:
      for i in 0..<count { space.scale[i] = 1 }
      for i in 0..<count * count { space.lower![i] = factor[i] }
      _ = try evaluate(current)
    }
  }

  /// Takes the current point and its gradient into the estimator. Diagonal metrics only.
  func observe(_ estimator: FisherEstimator) {
    estimator.add(current, gradient: gradient(current))
  }

  /// Takes the current point and its gradient into the estimator. Dense metrics only.
  func observe(_ estimator: inout DenseFisherEstimator) {
    estimator.add(current, gradient: gradient(current))
  }

  /// Sets a diagonal metric to that of the estimator.
  func scale(by estimator: FisherEstimator) { estimator.writeScale(space.scale) }

  /// Sets a diagonal metric to what one point tells: variance 1 over the size of the gradient, as if
  /// the posterior were as wide there as its distance from the mode.
  func scaleByGradient() {
    let gradient = gradient(current)
    for i in 0..<space.dimension {
      let size = abs(gradient[i])
      space.scale[i] = size > 1e-10 && size < 1e10 ? 1 / size.squareRoot() : 1
    }
  }

  /// The same as a dense metric; while the identity is in use.
  var metricOfGradient: InverseMetric {
    let gradient = gradient(current)
    var values = [Double](repeating: 0, count: space.dimension * space.dimension)
    for i in 0..<space.dimension {
      let size = abs(gradient[i])
      values[i * (space.dimension + 1)] = size > 1e-10 && size < 1e10 ? 1 / size : 1
    }
    return .dense(values)
  }

  /// The diagonal metric in use.
  var diagonalMetric: InverseMetric {
    .diagonal((0..<space.dimension).map { space.scale[$0] * space.scale[$0] })
  }

  /// Evaluates the density at a slot's position, with the gradient as the metric wants it.
  @inline(__always)
  private mutating func evaluate(_ slot: Slot) throws -> Double {
    evaluations += 1
    guard let lower = space.lower else {
      return try unmanaged._withUnsafeGuaranteedRef {
        try $0.gradient(UnsafePointer(slot), gradient(slot))
      }
    }
    let value = try density.gradient(UnsafePointer(slot), space.scratch)
    VectorOperations.multiplyTransposed(
      count: space.dimension, lower: lower, space.scratch, into: gradient(slot))
    return value
  }

  /// Moves the current point to where the even coordinates are positive: the same point, as far as the density goes,
  /// so that a metric learned there fits.
  @inline(__always)
  mutating func foldCurrent() throws {
    if hasEvenCoordinates { try foldEvenCoordinates() }
  }

  private mutating func foldEvenCoordinates() throws {
    var isMoved = false
    for i in density.evenCoordinates where current[i] < 0 {
      current[i] = -current[i]
      gradient(current)[i] = -gradient(current)[i]
      isMoved = true
    }
    if isMoved, space.lower != nil { _ = try evaluate(current) }
  }

  // MARK: Going on later

  /// The chain's point with all that is known of it, the metric in use and the random numbers: what the next
  /// transition depends on, bit for bit.
  func writeState(to writer: inout ByteWriter) {
    reserve.write(to: &writer)
    writer.put(evaluations)
    writer.put(UnsafeBufferPointer(start: current, count: 3 * stride + 2))
    writer.put(UnsafeBufferPointer(start: scale, count: stride))
    let square = space.dimension * space.dimension
    writer.put(UnsafeBufferPointer(start: space.lower, count: space.lower == nil ? 0 : square))
  }

  mutating func readState(_ reader: inout ByteReader) throws {
    try reserve.read(&reader)
    evaluations = try reader.int()
    let (point, factor, lower) = (
      try reader.doubles(), try reader.doubles(), try reader.doubles()
    )
    let square = space.lower == nil ? 0 : space.dimension * space.dimension
    guard point.count == 3 * stride + 2, factor.count == stride, lower.count == square else {
      throw ByteReader.Ended()
    }
    for (i, value) in point.enumerated() { current[i] = value }
    for (i, value) in factor.enumerated() { scale[i] = value }
    for (i, value) in lower.enumerated() { space.lower![i] = value }
  }

  // MARK: Transitions

  /// Random bits: the directions of a trajectory's doublings.
  @inline(__always)
  package mutating func drawDirections() -> UInt32 { UInt32(truncatingIfNeeded: reserve.word()) }

  /// Gives the current point a new momentum: a trajectory begins there.
  package mutating func begin(stepSize: Double) -> Segment {
    let momentum = momentum(current)
    reserve.fillNormal(momentum, count: space.dimension)
    let kinetic = 0.5 * VectorOperations.dot(count: stride, momentum, momentum)
    startEnergy = kinetic - logDensity(current)
    current[3 * stride + 1] = startEnergy
    halfStep = 0.5 * stepSize
    end = current
    return Segment(first: current, last: current, chosen: current, sum: momentum)
  }

  /// The chosen point of the finished tree becomes the current one.
  package mutating func finish(_ tree: Segment) {
    current = tree.chosen
    returnPoint(tree.first, unless: current)
    returnPoint(tree.last, unless: current, tree.first)
    releaseSum(tree)
  }

  @inline(__always)
  package mutating func step() throws -> (segment: Segment, logWeight: Double) {
    let to = takePoint()
    latest = to
    drift(end, to, half: halfStep)
    end = to
    let value = try evaluate(to)
    let square = kernels.kick(stride, halfStep, scale, gradient(to), momentum(to))
    let energy = 0.5 * square - (value < .infinity ? value : -.infinity)
    to[3 * stride] = value
    to[3 * stride + 1] = energy
    let logWeight = startEnergy - energy
    let segment = Segment(first: to, last: to, chosen: to, sum: momentum(to))
    return (segment, logWeight.isNaN ? -.infinity : logWeight)
  }

  /// Half a kick and a drift.
  @inline(__always)
  private func drift(_ from: Slot, _ to: Slot, half: Double) {
    guard let lower = space.lower else {
      kernels.drift(stride, half, scale, from, momentum(from), gradient(from), to, momentum(to))
      return
    }
    let count = space.dimension
    VectorOperations.add(
      count: count, half, times: gradient(from), to: momentum(from), into: momentum(to))
    VectorOperations.multiply(count: count, lower: lower, momentum(to), into: space.scratch)
    VectorOperations.add(count: count, 2 * half, times: space.scratch, to: from, into: to)
  }

  package mutating func join(
    _ segment: inout Segment, _ next: Segment, probability: Double
  ) -> Bool {
    let moves = reserve.uniform() < probability
    let chosen = select(moves, next.chosen, segment.chosen)
    let loser = select(moves, segment.chosen, next.chosen)
    if segment.first == segment.last {
      let sum = takeSum()
      let turns = kernels.joinPair(stride, segment.sum, next.sum, sum)
      segment = Segment(first: segment.first, last: next.first, chosen: chosen, sum: sum)
      return turns != 0
    }
    let turns = kernels.join(
      stride, momentum(segment.first), momentum(segment.last), momentum(next.first),
      momentum(next.last), segment.sum, next.sum, segment.sum)
    releaseSum(next)
    // Of the points of both segments only the outer ends and the chosen one are still needed.
    returnPoint(segment.last, unless: chosen)
    returnPoint(next.first, unless: chosen)
    returnPoint(
      loser, unless: select(moves, segment.first, next.first),
      select(moves, segment.last, next.last))
    segment.last = next.last
    segment.chosen = chosen
    return turns != 0
  }

  package mutating func turnRound(_ tree: inout Segment) {
    swap(&tree.first, &tree.last)
    end = tree.last
    halfStep = -halfStep
  }

  package mutating func discard(_ segment: Segment) {
    let (first, last, chosen) = (segment.first, segment.last, segment.chosen)
    returnPoint(first)
    returnPoint(last, unless: first)
    returnPoint(chosen, unless: first, last)
    releaseSum(segment)
  }

  // MARK: Slots

  @inline(__always)
  private mutating func takePoint() -> Slot {
    freePoints &-= 1
    assert(freePoints >= 0)
    return space.freePoints[freePoints]
  }

  // A processor that guesses which point was chosen is wrong half of the time, and has to throw away the next steps that
  // it has begun. So nothing below branches on it.

  @inline(__always)
  private func select(_ condition: Bool, _ yes: Slot, _ no: Slot) -> Slot {
    let all = 0 &- (condition ? 1 : 0 as UInt)
    let (a, b) = (UInt(bitPattern: yes), UInt(bitPattern: no))
    return Slot(bitPattern: (a & all) | (b & ~all)).unsafelyUnwrapped
  }

  /// Gives a slot back, unless it is one of those that are still needed.
  @inline(__always)
  private mutating func returnPoint(_ slot: Slot, unless a: Slot? = nil, _ b: Slot? = nil) {
    space.freePoints[freePoints] = slot
    freePoints &+= (slot == a ? 0 : 1) & (slot == b ? 0 : 1)
  }

  @inline(__always)
  private mutating func takeSum() -> Slot {
    freeSums &-= 1
    assert(freeSums >= 0)
    return space.freeSums[freeSums]
  }

  /// A single point's sum is its own momentum.
  @inline(__always)
  private mutating func releaseSum(_ segment: Segment) {
    if segment.first == segment.last { return }
    space.freeSums[freeSums] = segment.sum
    freeSums &+= 1
  }

  /// All slots but the current point's are free: holds between transitions.
  package var isTidy: Bool { freePoints == space.pointCount - 1 && freeSums == space.sumCount }
}

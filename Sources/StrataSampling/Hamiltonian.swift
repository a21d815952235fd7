import StrataKernels

/// The trajectory of a Hamiltonian system by leapfrog steps: the one that draws posteriors.
///
/// Momenta are standardised (see the header of the sampler kernels), so the metric enters only in
/// the steps. Points carry position, momentum, gradient and log density, so nothing is evaluated
/// twice, and nothing is copied: segments are made of the points' addresses.
package struct Hamiltonian: Trajectory {
  package typealias Slot = UnsafeMutablePointer<Double>

  /// A run of points by its end points in the order of time; `sum` is the sum of its momenta, which
  /// for a single point is its own momentum.
  package struct Segment {
    var back: Slot
    var front: Slot
    var chosen: Slot
    var sum: Slot
  }

  private let density: DensityFunctions
  /// The same object; it lives as long as `density`.
  private let unmanaged: Unmanaged<DensityFunctions>
  private let space: PhaseSpace
  private let kernels = TrajectoryKernels()
  private let stride: Int
  /// The diagonal of the metric's factor, of `space`.
  private let scale: Slot
  private var freePoints: Int
  private var freeSums: Int
  /// The ends of the trajectory, where the next step begins.
  private var back: Slot
  private var front: Slot
  private var startEnergy = 0.0
  private var halfStep = 0.0

  /// The chain's random numbers.
  package var random: RandomStream
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
    self.random = random
    space = PhaseSpace(
      dimension: density.dimension, maximumDepth: maximumDepth, shape: shape)
    stride = space.stride
    scale = space.scale
    freePoints = space.pointCount - 1
    freeSums = space.sumCount
    current = space.freePoints[space.pointCount - 1]
    back = current
    front = current
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
  mutating func foldCurrent() throws {
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
    random.write(to: &writer)
    writer.put(evaluations)
    writer.put(UnsafeBufferPointer(start: current, count: 3 * stride + 2))
    writer.put(UnsafeBufferPointer(start: scale, count: stride))
    let square = space.dimension * space.dimension
    writer.put(UnsafeBufferPointer(start: space.lower, count: space.lower == nil ? 0 : square))
  }

  mutating func readState(_ reader: inout ByteReader) throws {
    random = try RandomStream(&reader)
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

  /// Gives the current point a new momentum, and sets the ends of the trajectory to it.
  package mutating func begin(stepSize: Double) -> Segment {
    let momentum = momentum(current)
    random.fillNormal(momentum, count: space.dimension)
    let kinetic = 0.5 * VectorOperations.dot(count: stride, momentum, momentum)
    startEnergy = kinetic - logDensity(current)
    current[3 * stride + 1] = startEnergy
    halfStep = 0.5 * stepSize
    back = current
    front = current
    return Segment(back: current, front: current, chosen: current, sum: momentum)
  }

  /// The chosen point of the finished tree becomes the current one.
  package mutating func finish(_ tree: Segment) {
    current = tree.chosen
    release(tree.back, unless: current)
    if tree.front != tree.back { release(tree.front, unless: current) }
    releaseSum(tree)
  }

  @inline(__always)
  package mutating func step(forward: Bool) throws -> (segment: Segment, logWeight: Double) {
    let from = forward ? front : back
    let to = takePoint()
    latest = to
    let half = forward ? halfStep : -halfStep
    drift(from, to, half: half)
    let value = try evaluate(to)
    let square = kernels.kick(stride, half, scale, gradient(to), momentum(to))
    let energy = 0.5 * square - (value < .infinity ? value : -.infinity)
    to[3 * stride] = value
    to[3 * stride + 1] = energy
    if forward { front = to } else { back = to }
    let logWeight = startEnergy - energy
    let segment = Segment(back: to, front: to, chosen: to, sum: momentum(to))
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
    _ segment: inout Segment, _ next: Segment, forward: Bool, probability: Double
  ) -> Bool {
    let outerA = forward ? segment.back : segment.front
    let innerA = forward ? segment.front : segment.back
    let innerB = forward ? next.back : next.front
    let outerB = forward ? next.front : next.back
    let single = outerA == innerA && innerB == outerB
    let sum = isSingle(segment) ? takeSum() : segment.sum
    let turns =
      single
      ? kernels.joinPair(stride, segment.sum, next.sum, sum) != 0
      : kernels.join(
        stride, momentum(outerA), momentum(innerA), momentum(innerB), momentum(outerB),
        segment.sum, next.sum, sum) != 0
    releaseSum(next)
    let moves = probability >= 1 || random.uniform() < probability
    let chosen = moves ? next.chosen : segment.chosen
    let loser = moves ? segment.chosen : next.chosen
    // Of the points of both segments only the outer ends and the chosen one are still needed.
    if innerA != outerA && innerA != chosen { returnPoint(innerA) }
    if innerB != outerB && innerB != chosen { returnPoint(innerB) }
    if loser != outerA && loser != innerA && loser != innerB && loser != outerB {
      returnPoint(loser)
    }
    segment = Segment(
      back: forward ? outerA : outerB, front: forward ? outerB : outerA, chosen: chosen, sum: sum)
    return turns
  }

  package mutating func discard(_ segment: Segment) {
    returnPoint(segment.back)
    if segment.front != segment.back { returnPoint(segment.front) }
    if segment.chosen != segment.back && segment.chosen != segment.front {
      returnPoint(segment.chosen)
    }
    releaseSum(segment)
  }

  /// Turns the trajectory round: steps backward now continue from its front. For tests.
  package mutating func turnRound() { back = front }

  // MARK: Slots

  @inline(__always)
  private mutating func takePoint() -> Slot {
    freePoints &-= 1
    assert(freePoints >= 0)
    return space.freePoints[freePoints]
  }

  @inline(__always)
  private mutating func returnPoint(_ slot: Slot) {
    space.freePoints[freePoints] = slot
    freePoints &+= 1
  }

  @inline(__always)
  private mutating func release(_ slot: Slot, unless kept: Slot) {
    if slot != kept { returnPoint(slot) }
  }

  @inline(__always)
  private mutating func takeSum() -> Slot {
    freeSums &-= 1
    assert(freeSums >= 0)
    return space.freeSums[freeSums]
  }

  @inline(__always) private func isSingle(_ segment: Segment) -> Bool {
    segment.sum == momentum(segment.back)
  }

  @inline(__always)
  private mutating func releaseSum(_ segment: Segment) {
    if isSingle(segment) { return }
    space.freeSums[freeSums] = segment.sum
    freeSums &+= 1
  }

  /// All slots but the current point's are free: holds between transitions.
  package var isTidy: Bool { freePoints == space.pointCount - 1 && freeSums == space.sumCount }
}

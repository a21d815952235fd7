#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The log density at the middles of the cells where it is high, and its slopes there. In each cell it is taken to be linear.
struct GridCells: Sendable, Equatable {
  let lattice: GridLattice
  private(set) var cells: [GridLattice.Cell] = []
  private(set) var values: [Double] = []
  /// The largest of them.
  private(set) var highest = -Double.infinity
  /// Along each axis, in log density per cell, cell after cell.
  private(set) var slopes: [Double] = []
  private var numbers = CellNumbers()

  /// The cells around a position from which the density has not fallen by `depth` below its highest, and those beside
  /// them; nil if these are more than `limit`, or if none is found.
  /// - Parameters:
  ///   - mode: the log density at the mode, which is the highest that is known.
  ///   - evaluations: of the gradient; those that are made are added.
  init?(
    _ density: DensityFunctions, on lattice: GridLattice, around position: [Double],
    mode logDensity: Double, depth: Double, limit: Int, evaluations: inout Int
  ) throws {
    self.lattice = lattice
    let dimension = lattice.dimension
    var point = GridLattice.Point.zero
    var middle = position
    var gradient = position
    guard let first = lattice.cell(of: lattice.point(at: position)) else { return nil }
    add(first)
    var next = 0
    while next < cells.count {
      let cell = cells[next]
      next += 1
      if next % 16 == 0, Task.isCancelled { throw CancellationError() }
      for axis in 0..<dimension { point[axis] = lattice.low(of: cell, axis: axis) + 0.5 }
      lattice.locate(point, &middle)
      evaluations += 1
      var value = try density.gradient(middle, &gradient)
      let isGood = value > -.infinity && value < .infinity && gradient.allSatisfy(\.isFinite)
      if !isGood { value = -.infinity }
      values.append(value)
      for axis in 0..<dimension {
        slopes.append(isGood ? lattice.slope(ofAxis: axis, gradient) : 0)
      }
      highest = max(highest, value)
      // From the first cell on in any case: its middle may lie beyond a cliff beside the mode.
      guard value >= max(highest, logDensity) - depth || next == 1 else { continue }
      for axis in 0..<dimension {
        let (below, above) = lattice.neighbours(of: cell, axis: axis)
        if let below { add(below) }
        if let above { add(above) }
      }
      if cells.count > limit { return nil }
    }
    guard highest.isFinite else { return nil }
    limitSlopes()
  }

  /// Where the log density falls off a cliff, the slope in a cell on its side says too much of the cell's uphill end: it is
  /// at most twice what it takes to come to the middle of the next cell uphill, if that is in the table.
  private mutating func limitSlopes() {
    let steep = 3.0
    for (number, cell) in cells.enumerated() {
      for axis in 0..<lattice.dimension {
        let place = number * lattice.dimension + axis
        // A density that falls by more within a cell has nothing to draw in the rest of it.
        let slope = min(max(slopes[place], -500), 500)
        slopes[place] = slope
        guard abs(slope) > steep else { continue }
        let (below, above) = lattice.neighbours(of: cell, axis: axis)
        guard let next = (slope > 0 ? above : below).flatMap({ numbers[$0] }) else { continue }
        let most = max(steep, 2 * (values[next] - values[number]))
        slopes[place] = min(max(slope, -most), most)
      }
    }
  }

  /// Adds a cell that is not there yet.
  private mutating func add(_ cell: GridLattice.Cell) {
    if numbers.add(cell, number: cells.count) { cells.append(cell) }
  }

  /// The number of a cell.
  func number(of cell: GridLattice.Cell) -> Int? { numbers[cell] }

  /// The integral of the exponential over a cell, a cell's volume being 1, over that of `highest` in a whole cell.
  func mass(ofCell number: Int) -> Double {
    var mass = exp(values[number] - highest)
    for slope in slope(ofCell: number) { mass *= ExponentialCell.mass(slope: slope) }
    return mass.isFinite ? mass : 0
  }

  /// The slopes of a cell.
  func slope(ofCell number: Int) -> ArraySlice<Double> {
    slopes[number * lattice.dimension..<(number + 1) * lattice.dimension]
  }

  /// Mean and covariance in coordinates of the density that the cells describe.
  func moments() -> (mean: [Double], covariance: [Double]) {
    let dimension = lattice.dimension
    var total = 0.0
    var mean = GridLattice.Point.zero
    var squares = [Double](repeating: 0, count: dimension * dimension)
    // Squares are taken about the first cell, so that little cancels.
    var center = GridLattice.Point.zero
    for axis in 0..<dimension { center[axis] = lattice.low(of: cells[0], axis: axis) }
    var point = center
    for number in cells.indices {
      let mass = mass(ofCell: number)
      guard mass > 0 else { continue }
      total += mass
      for axis in 0..<dimension {
        let inside = ExponentialCell.moments(slope: slopes[number * dimension + axis])
        point[axis] = lattice.low(of: cells[number], axis: axis) - center[axis] + inside.mean
        mean[axis] += mass * point[axis]
        squares[axis * (dimension + 1)] += mass * inside.variance
      }
      for i in 0..<dimension {
        for j in 0..<dimension { squares[i * dimension + j] += mass * point[i] * point[j] }
      }
    }
    mean /= total
    for i in 0..<dimension {
      for j in 0..<dimension {
        squares[i * dimension + j] = squares[i * dimension + j] / total - mean[i] * mean[j]
      }
    }
    return lattice.moments(mean: mean + center, covariance: squares)
  }
}

/// One axis of a cell: a density proportional to exp(slope · t) for t from 0 to 1.
enum ExponentialCell {
  /// The integral of exp(slope · (t - 1/2)).
  static func mass(slope: Double) -> Double {
    let half = 0.5 * slope
    return abs(half) < 1e-4 ? 1 + half * half / 6 : sinh(half) / half
  }

  /// Mean and variance.
  static func moments(slope: Double) -> (mean: Double, variance: Double) {
    // For small slopes the first terms of the series, whose next ones are under 2e-9.
    guard abs(slope) > 1e-2 else {
      return (0.5 + slope / 12, 1.0 / 12 - slope * slope / 240)
    }
    let hyperbolic = sinh(0.5 * slope)
    return (
      0.5 + 0.5 / tanh(0.5 * slope) - 1 / slope,
      1 / (slope * slope) - 0.25 / (hyperbolic * hyperbolic)
    )
  }

  /// One that begins at a point of an axis, to draw from.
  struct Side: Sendable, Equatable {
    private let low: Double
    /// exp(slope) - 1, and 1 over the slope; zeros for a slope so small that it makes no difference.
    private let excess: Double
    private let inverse: Double

    init(low: Double, slope: Double) {
      self.low = low
      let isFlat = abs(slope) < 1e-8
      (excess, inverse) = isFlat ? (0, 0) : (expm1(slope), 1 / slope)
    }

    @inline(__always)
    func draw(random: inout RandomStream) -> Double {
      let u = random.uniform()
      let share = inverse == 0 ? u : log1p(u * excess) * inverse
      return low + min(max(share, 0), 1)
    }
  }
}

/// The numbers of cells by their names: a table that is looked through from the place that a name's hash says.
private struct CellNumbers: Sendable, Equatable {
  /// The number of a cell and 1, or 0 where there is none.
  private var slots = [UInt32](repeating: 0, count: 256)
  private var names = [GridLattice.Cell](repeating: 0, count: 256)
  private var count = 0

  /// The slot of a cell, or the empty one where it belongs.
  private func slot(of cell: GridLattice.Cell) -> Int {
    let mask = slots.count - 1
    // Fibonacci hashing: the product's highest bits depend on all of the name's.
    let bits = UInt64(slots.count.trailingZeroBitCount)
    var slot = Int(truncatingIfNeeded: (cell &* 0x9E37_79B9_7F4A_7C15) >> (64 - bits))
    while slots[slot] != 0, names[slot] != cell { slot = (slot + 1) & mask }
    return slot
  }

  subscript(cell: GridLattice.Cell) -> Int? {
    let number = slots[slot(of: cell)]
    return number == 0 ? nil : Int(number) - 1
  }

  /// Takes in a cell; false if it is there already.
  mutating func add(_ cell: GridLattice.Cell, number: Int) -> Bool {
    let slot = slot(of: cell)
    guard slots[slot] == 0 else { return false }
    slots[slot] = UInt32(number + 1)
    names[slot] = cell
    count += 1
    if 2 * count > slots.count { grow() }
    return true
  }

  private mutating func grow() {
    let (oldSlots, oldNames) = (slots, names)
    slots = Array(repeating: 0, count: 2 * oldSlots.count)
    names = Array(repeating: 0, count: 2 * oldSlots.count)
    for (number, name) in zip(oldSlots, oldNames) where number != 0 {
      let slot = slot(of: name)
      (slots[slot], names[slot]) = (number, name)
    }
  }
}

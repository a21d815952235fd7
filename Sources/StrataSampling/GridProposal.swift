#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A density of at most two coordinates, tabulated: cells of a grid, in each of which the log density is taken to be
/// linear, and a wide Cauchy density for what lies outside. Draws from it are proposals for an independence sampler,
/// which corrects what the table gets wrong: nearly all are accepted, so that the draws are nearly independent.
public struct GridProposal: Sendable, Equatable {
  /// The most coordinates that a grid is made for.
  public static let mostCoordinates = 2
  /// Cells along each coordinate, by the number of coordinates.
  private static let finest = [1, 128, 48]
  /// Probability of a proposal from the Cauchy density.
  private static let tail = 1e-3
  /// What lies so far below the highest point is left to the Cauchy density.
  private static let depth = 12.0

  /// The number of coordinates.
  public let dimension: Int
  /// The number of cells.
  public var cellCount: Int { values.count }
  /// Evaluations of the gradient that it took.
  public let evaluations: Int

  /// The log density at the middles of cells, and its slopes there, cell after cell.
  struct Cells {
    var values: [Double] = []
    var slopes: [Double] = []
  }

  private let axes: [GridAxis]
  /// Of each cell, and the slopes cell after cell: plain numbers, so that a proposal counts no references.
  private let values: [Double]
  private let slopes: [Double]
  /// Mass of the cells up to and with each.
  private let cumulative: [Double]
  private let highest: Double

  /// The table of a density around its mode; nil where it finds no end, or where trial proposals show that the table
  /// is a poor image of the density.
  @inlinable
  public static func make<D: LogDensity>(of density: D, start: ModeStart?) throws -> GridProposal? {
    try make(DensityFunctions(density), start: start)
  }

  @usableFromInline
  static func make(_ density: DensityFunctions, start: ModeStart?) throws -> GridProposal? {
    let dimension = density.dimension
    guard dimension <= mostCoordinates, dimension == 0 || start != nil else { return nil }
    var table = GridTable(density)
    var axes: [GridAxis] = []
    if let start {
      let even = density.evenCoordinates
      axes = start.position.indices.map { i in
        let sd = start.inverseMetric.variances[i].squareRoot()
        return GridAxis(
          low: start.position[i] - 5 * sd, high: start.position[i] + 5 * sd,
          center: start.position[i], scale: 4 * sd, isEven: even.contains(i))
      }
      guard try table.fit(&axes, mode: start.logDensity, depth: depth) else { return nil }
    }
    let cells = try table.cells(of: axes, count: finest[dimension])
    let proposal = GridProposal(axes, cells, evaluations: table.evaluations)
    return try proposal.flatMap { try $0.isGood(for: density) ? $0 : nil }
  }

  private init?(_ axes: [GridAxis], _ cells: Cells, evaluations: Int) {
    dimension = axes.count
    let count = Self.finest[axes.count]
    self.axes = axes.map { $0.divided(into: count) }
    highest = cells.values.max() ?? 0
    guard highest.isFinite else { return nil }
    values = cells.values
    slopes = cells.slopes
    self.evaluations = evaluations
    var total = 0.0
    var masses: [Double] = []
    for index in values.indices {
      var mass = exp(values[index] - highest)
      for i in 0..<dimension { mass *= self.axes[i].mass(slope: slopes[index * dimension + i]) }
      total += mass.isFinite ? mass : 0
      masses.append(total)
    }
    guard total > 0, total.isFinite else { return nil }
    cumulative = masses
  }

  // MARK: Proposals

  /// Writes a proposal.
  package func draw(_ position: inout [Double], random: inout RandomStream) {
    if random.uniform() < Self.tail {
      for (i, axis) in axes.enumerated() { position[i] = axis.cauchy(random: &random) }
      return
    }
    let target = random.uniform() * cumulative[cumulative.count - 1]
    // The first cell up to which there is enough mass; halved without a branch, as chance decides.
    var (low, count) = (0, cumulative.count)
    while count > 1 {
      let half = count / 2
      low += cumulative[low + half - 1] < target ? half : 0
      count -= half
    }
    var rest = low
    for (i, axis) in axes.enumerated() {
      position[i] = axis.draw(
        inCell: rest % axis.count, slope: slopes[low * dimension + i], random: &random)
      rest /= axis.count
    }
  }

  /// The log of the proposal's density, up to the same constant everywhere.
  package func logDensity(at position: [Double]) -> Double {
    var cauchy = Self.tail
    var (index, stride, isInside) = (0, 1, true)
    for (i, axis) in axes.enumerated() {
      cauchy *= axis.cauchyDensity(at: position[i])
      guard let cell = axis.cell(of: position[i]) else {
        isInside = false
        continue
      }
      index += stride * cell
      stride *= axis.count
    }
    var density = cauchy
    if isInside {
      var exponent = values[index] - highest
      for (i, axis) in axes.enumerated() {
        exponent += slopes[index * dimension + i] * axis.offset(of: position[i])
      }
      density += (1 - Self.tail) * exp(exponent) / cumulative[cumulative.count - 1]
    }
    return log(density)
  }

  /// Whether trial proposals are mostly accepted.
  private func isGood(for density: DensityFunctions) throws -> Bool {
    var random = RandomStream(seed: 3, stream: .max)
    var position = [Double](repeating: 0, count: dimension)
    var last: Double?
    var (accepted, count) = (0.0, 0)
    for _ in 0..<100 {
      draw(&position, random: &random)
      let weight = try density.value(position) - logDensity(at: position)
      guard weight > -.infinity else { continue }
      if let last {
        accepted += min(1, exp(weight - last))
        count += 1
      }
      last = weight
    }
    return count > 80 && accepted > 0.8 * Double(count)
  }
}

/// One coordinate of a grid.
struct GridAxis: Sendable, Equatable {
  var low: Double
  var high: Double
  var center: Double
  /// Of the Cauchy density.
  var scale: Double
  /// The density is even in it: only positive values are needed.
  var isEven: Bool
  private(set) var count = 1

  init(low: Double, high: Double, center: Double, scale: Double, isEven: Bool) {
    self.low = isEven ? max(0, low) : low
    self.high = high
    self.center = center
    self.scale = scale
    self.isEven = isEven
  }

  func divided(into count: Int) -> GridAxis {
    var axis = self
    axis.count = count
    return axis
  }

  var width: Double { (high - low) / Double(count) }

  func middle(ofCell cell: Int) -> Double { low + (Double(cell) + 0.5) * width }

  func cell(of x: Double) -> Int? {
    let place = ((x - low) / width).rounded(.down)
    return place >= 0 && place < Double(count) ? Int(place) : nil
  }

  /// Distance from the middle of the cell.
  func offset(of x: Double) -> Double { cell(of: x).map { x - middle(ofCell: $0) } ?? 0 }

  /// The integral of exp(slope · offset) over a cell.
  func mass(slope: Double) -> Double {
    let half = 0.5 * slope * width
    return abs(half) < 1e-4 ? width * (1 + half * half / 6) : width * sinh(half) / half
  }

  /// A number in the cell with density proportional to exp(slope · offset).
  func draw(inCell cell: Int, slope: Double, random: inout RandomStream) -> Double {
    let (u, product) = (random.uniform(), slope * width)
    let share = abs(product) < 1e-8 ? u : log1p(u * expm1(product)) / product
    return low + (Double(cell) + min(max(share, 0), 1)) * width
  }

  func cauchy(random: inout RandomStream) -> Double {
    let x = center + scale * tan(Double.pi * (random.uniform() - 0.5))
    return isEven ? abs(x) : x
  }

  func cauchyDensity(at x: Double) -> Double {
    func density(_ x: Double) -> Double {
      let z = (x - center) / scale
      return 1 / (Double.pi * scale * (1 + z * z))
    }
    return isEven ? density(x) + density(-x) : density(x)
  }
}

/// Evaluates a density on grids.
private struct GridTable {
  private let density: DensityFunctions
  private(set) var evaluations = 0

  init(_ density: DensityFunctions) { self.density = density }

  /// The cells of a grid, the first coordinate running fastest.
  mutating func cells(of axes: [GridAxis], count: Int) throws -> GridProposal.Cells {
    let divided = axes.map { $0.divided(into: count) }
    let total = divided.reduce(1) { $0 * $1.count }
    var position = [Double](repeating: 0, count: axes.count)
    var gradient = position
    var cells = GridProposal.Cells()
    for index in 0..<total {
      var rest = index
      for i in divided.indices {
        position[i] = divided[i].middle(ofCell: rest % count)
        rest /= count
      }
      evaluations += 1
      let value = try density.gradient(position, &gradient)
      let isGood = value > -.infinity && value < .infinity && gradient.allSatisfy(\.isFinite)
      cells.values.append(isGood ? value : -.infinity)
      for slope in gradient { cells.slopes.append(isGood ? slope : 0) }
    }
    return cells
  }

  /// Moves the ends of the axes to where the density is `depth` below its highest, that at the mode; false if there is no such place.
  mutating func fit(_ axes: inout [GridAxis], mode: Double, depth: Double) throws -> Bool {
    let count = 12
    for _ in 0..<20 {
      let divided = axes.map { $0.divided(into: count) }
      let cells = try cells(of: axes, count: count)
      let least = max(mode, cells.values.max() ?? mode) - depth
      var isSettled = true
      for (i, axis) in divided.enumerated() {
        let stride = (0..<i).reduce(1) { product, _ in product * count }
        var (first, last) = (count, -1)
        for (index, value) in cells.values.enumerated() where value >= least {
          let place = index / stride % count
          (first, last) = (min(first, place), max(last, place))
        }
        guard last >= 0 else { return false }
        let width = axis.high - axis.low
        let isOpenBelow = first == 0 && !(axis.isEven && axis.low == 0)
        let isOpenAbove = last == count - 1
        if isOpenBelow || isOpenAbove {
          if isOpenBelow {
            axes[i].low = axis.isEven ? max(0, axis.low - width / 2) : axis.low - width / 2
          }
          if isOpenAbove { axes[i].high += width / 2 }
          isSettled = false
        } else if Double(last - first + 3) < 0.6 * Double(count) {
          axes[i].low = max(axis.low, axis.low + (Double(first) - 1) * axis.width)
          axes[i].high = axis.low + (Double(last) + 2) * axis.width
          isSettled = false
        }
      }
      if isSettled { return true }
    }
    return false
  }
}

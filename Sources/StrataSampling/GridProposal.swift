#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A density of a few coordinates, tabulated: cells of a lattice, in each of which the log density is taken to be
/// linear, and a wide Cauchy density for what lies outside. Draws from it are proposals for an independence sampler,
/// which corrects what the table gets wrong: nearly all are accepted, so that the draws are nearly independent.
public struct GridProposal: Sendable, Equatable {
  /// The most coordinates that a grid is made for.
  public static let mostCoordinates = 4
  /// Probability of a proposal from the Cauchy density.
  private static let tail = 1e-3
  /// What lies so far below the highest point is left to the Cauchy density.
  private static let depth = 12.0

  /// How fine a grid is, by the number of coordinates.
  private struct Fineness {
    /// The width of a cell, in standard deviations; up to `coarsest` where a density is so long that there would be more
    /// than `limit` cells.
    let width: Double
    let limit: Int
    static let coarsest = 1.2
    /// Where too few proposals are accepted, cells are halved as long as there are no more than these.
    let refinedLimit: Int
    /// Of a first look, and its limit.
    static let firstWidth = 1.5
    let firstLimit: Int

    static let all = [
      Fineness(width: 1, limit: 1, refinedLimit: 1, firstLimit: 1),
      Fineness(width: 0.2, limit: 400, refinedLimit: 2_000, firstLimit: 100),
      Fineness(width: 0.5, limit: 1_500, refinedLimit: 10_000, firstLimit: 400),
      Fineness(width: 0.6, limit: 5_000, refinedLimit: 12_000, firstLimit: 1_500),
      Fineness(width: 0.9, limit: 10_000, refinedLimit: 12_000, firstLimit: 4_000),
    ]
  }
  /// Shares of trial proposals that are accepted: what is enough, and what is worth finer cells.
  private static let (enough, good) = (0.8, 0.92)

  /// The number of coordinates.
  public var dimension: Int { cells.lattice.dimension }
  /// The number of cells.
  public var cellCount: Int { cells.values.count }
  /// Evaluations of the gradient that it took.
  public private(set) var evaluations: Int

  private let cells: GridCells
  /// Mass of the cells up to and with each.
  private let cumulative: [Double]
  /// Of each cell, one for each axis.
  private let sides: [ExponentialCell.Side]
  /// Of a cell.
  private let logVolume: Double
  /// Of the Cauchy density, on the lattice.
  private let center: GridLattice.Point
  private let scale: Double

  /// The table of a density around its mode; nil where it finds no end, or where trial proposals show that the table
  /// is a poor image of the density.
  ///
  /// - Parameters:
  ///   - density: what is to be sampled.
  ///   - start: the density's mode, from ``findStart(of:denseLimit:threads:)``; nil gives no table, but where there are no
  ///     coordinates.
  ///   - threads: for the density, as in `makeEvaluation(threads:)`.
  /// - Returns: the table; nil also for more than ``mostCoordinates`` coordinates.
  /// - Throws: the density's own errors; `CancellationError`.
  @inlinable
  public static func make<D: LogDensity>(
    of density: D, start: ModeStart?, threads: Int = 1
  ) throws -> GridProposal? {
    try make(DensityFunctions(density, threads: threads), start: start)
  }

  @usableFromInline
  static func make(_ density: DensityFunctions, start: ModeStart?) throws -> GridProposal? {
    let dimension = density.dimension
    guard dimension <= mostCoordinates else { return nil }
    var evaluations = 0
    // Without coordinates there is one cell, and nothing to look at.
    if dimension == 0, let lattice = GridLattice(center: [], covariance: [], even: [], width: 1) {
      return try GridCells(
        density, on: lattice, around: [], mode: -.infinity, depth: depth,
        limit: Fineness.all[0].limit, evaluations: &evaluations
      ).flatMap { GridProposal($0, mode: [], scale: 1, evaluations: evaluations) }
    }
    guard let start, start.position.count == dimension,
      let look = try firstLook(density, start, &evaluations)
    else { return nil }
    let fineness = Fineness.all[dimension]
    // As many cells as the first look says, in proportion to their volumes.
    let moments = look.moments()
    func lattice(width: Double) -> GridLattice? {
      GridLattice(
        center: moments.mean, covariance: moments.covariance, even: density.evenCoordinates,
        width: width)
    }
    guard let unit = lattice(width: 1) else { return nil }
    let count = Double(look.cells.count) * exp(look.lattice.logVolume - unit.logVolume)
    let width = max(
      fineness.width, pow(count / (0.7 * Double(fineness.limit)), 1 / Double(dimension)))
    return try refined(
      density, start, width: width, fineness: fineness, lattice, evaluations: evaluations)
  }

  /// The first table, from this width of cells on, of which enough proposals are accepted.
  private static func refined(
    _ density: DensityFunctions, _ start: ModeStart, width: Double, fineness: Fineness,
    _ lattice: (_ width: Double) -> GridLattice?, evaluations: Int
  ) throws -> GridProposal? {
    var (width, limit, evaluations) = (width, fineness.limit, evaluations)
    var found: GridProposal?
    while width <= Fineness.coarsest, let finer = lattice(width),
      let cells = try GridCells(
        density, on: finer, around: start.position, mode: start.logDensity, depth: depth,
        limit: limit, evaluations: &evaluations),
      let proposal = GridProposal(
        cells, mode: start.position, scale: 4 / width, evaluations: evaluations)
    {
      let acceptance = try proposal.acceptance(by: density, from: start.position)
      if acceptance > enough { found = proposal }
      if acceptance > good { break }
      limit = fineness.refinedLimit
      guard cells.cells.count << density.dimension <= limit else { break }
      width /= 2
    }
    found?.evaluations = evaluations
    return found
  }

  /// A coarse table, which tells where the density lies and how wide it is. The curvature at the mode tells how wide its cells
  /// are at first; a table that finds quite another width is made again.
  private static func firstLook(
    _ density: DensityFunctions, _ start: ModeStart, _ evaluations: inout Int
  ) throws -> GridCells? {
    let dimension = density.dimension
    guard case .dense(var covariance) = start.inverseMetric(as: .dense) else { return nil }
    var center = start.position
    for _ in 0..<6 {
      guard
        let lattice = GridLattice(
          center: center, covariance: covariance, even: density.evenCoordinates,
          width: Fineness.firstWidth)
      else { return nil }
      let cells = try GridCells(
        density, on: lattice, around: start.position, mode: start.logDensity, depth: depth,
        limit: Fineness.all[dimension].firstLimit, evaluations: &evaluations)
      guard let cells else {
        covariance = covariance.map { 4 * $0 }
        continue
      }
      let moments = cells.moments()
      let isSettled = (0..<dimension).allSatisfy { i in
        let ratio = moments.covariance[i * (dimension + 1)] / covariance[i * (dimension + 1)]
        return ratio > 0.2 && ratio < 4
      }
      if isSettled { return cells }
      (center, covariance) = moments
    }
    return nil
  }

  private init?(_ cells: GridCells, mode: [Double], scale: Double, evaluations: Int) {
    self.cells = cells
    self.scale = scale
    self.evaluations = evaluations
    logVolume = cells.lattice.logVolume
    center = cells.lattice.point(at: mode)
    var total = 0.0
    var masses: [Double] = []
    masses.reserveCapacity(cells.values.count)
    for number in cells.values.indices {
      total += cells.mass(ofCell: number)
      masses.append(total)
    }
    guard total > 0, total.isFinite else { return nil }
    cumulative = masses
    let dimension = cells.lattice.dimension
    sides = cells.slopes.indices.map { index in
      ExponentialCell.Side(
        low: cells.lattice.low(of: cells.cells[index / dimension], axis: index % dimension),
        slope: cells.slopes[index])
    }
  }

  // MARK: Proposals

  /// Writes a proposal.
  package func draw(_ position: inout [Double], random: inout RandomStream) {
    let dimension = dimension
    var point = GridLattice.Point.zero
    if random.uniform() < Self.tail {
      for axis in 0..<dimension {
        let x = center[axis] + scale * tan(Double.pi * (random.uniform() - 0.5))
        point[axis] = axis < cells.lattice.evenCount ? abs(x) : x
      }
    } else {
      let target = random.uniform() * cumulative[cumulative.count - 1]
      // The first cell up to which there is enough mass; halved without a branch, as chance decides.
      var (number, count) = (0, cumulative.count)
      while count > 1 {
        let half = count / 2
        number += cumulative[number + half - 1] < target ? half : 0
        count -= half
      }
      for axis in 0..<dimension {
        point[axis] = sides[number * dimension + axis].draw(random: &random)
      }
    }
    cells.lattice.locate(point, &position)
  }

  /// The log of the proposal's density.
  package func logDensity(at position: [Double]) -> Double {
    let dimension = dimension
    let point = cells.lattice.point(at: position)
    var density = Self.tail
    for axis in 0..<dimension { density *= cauchyDensity(at: point[axis], axis: axis) }
    if let cell = cells.lattice.cell(of: point), let number = cells.number(of: cell) {
      var exponent = cells.values[number] - cells.highest
      for axis in 0..<dimension {
        let offset = point[axis] - cells.lattice.low(of: cell, axis: axis) - 0.5
        exponent += cells.slopes[number * dimension + axis] * offset
      }
      density += (1 - Self.tail) * exp(exponent) / cumulative[cumulative.count - 1]
    }
    return log(density) - logVolume
  }

  private func cauchyDensity(at x: Double, axis: Int) -> Double {
    func density(_ x: Double) -> Double {
      let z = (x - center[axis]) / scale
      return 1 / (Double.pi * scale * (1 + z * z))
    }
    return axis < cells.lattice.evenCount ? density(x) + density(-x) : density(x)
  }

  /// The share of trial proposals that a chain accepts which begins at the mode: it sits there if the table doesn't know of it.
  private func acceptance(by density: DensityFunctions, from mode: [Double]) throws -> Double {
    let count = 100
    var random = RandomStream(seed: 3, stream: .max)
    var position = mode
    var last = try density.value(position) - logDensity(at: position)
    var accepted = 0.0
    for _ in 0..<count {
      draw(&position, random: &random)
      let weight = try density.value(position) - logDensity(at: position)
      guard weight.isFinite else { continue }
      let probability = min(1, exp(weight - last))
      accepted += probability
      if random.uniform() < probability { last = weight }
    }
    return accepted / Double(count)
  }
}

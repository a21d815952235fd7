import StrataKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A lattice of cells laid over coordinates x: x = origin + steps · y with cells of width 1 in y. The steps are lower
/// triangular, so that the cells follow the correlations of a density.
///
/// Coordinates in which a density is even come first: their axes begin at zero, where a cell begins too, and are not slanted
/// against each other.
struct GridLattice: Sendable, Equatable {
  /// A cell, known by the places of its low corner: 16 bits for each axis.
  typealias Cell = UInt64
  /// A point of the lattice: a number for each axis; the others are zero.
  typealias Point = SIMD4<Double>

  private static let bits = 16
  private static let zero = 1 << (bits - 1)

  /// The number of coordinates, and of axes.
  let dimension: Int
  /// The first axes, which have only places from 0 on.
  let evenCount: Int
  /// The coordinate that comes first along each axis.
  private let order: [Int]
  private let origin: [Double]
  /// Lower triangular, row after row.
  private let steps: [Double]

  /// Cells about a center, as wide as a share of the density's standard deviations; nil where the covariance is none.
  /// - Parameters:
  ///   - covariance: of the density's coordinates, row after row.
  ///   - even: the coordinates in which the density is even.
  init?(center: [Double], covariance: [Double], even: [Int], width: Double) {
    let count = center.count
    dimension = count
    evenCount = even.count
    order = even + center.indices.filter { !even.contains($0) }
    var factor = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i where i == j || j >= even.count || i >= even.count {
        factor[i * count + j] = covariance[order[i] * count + order[j]]
      }
    }
    guard factor.allSatisfy(\.isFinite) else { return nil }
    let variances = (0..<count).map { factor[$0 * (count + 1)] }
    do {
      try LinearAlgebra.cholesky(&factor, dimension: count)
    } catch {
      guard variances.allSatisfy({ $0 > 0 }) else { return nil }
      factor = Array(repeating: 0, count: count * count)
      for i in 0..<count { factor[i * (count + 1)] = variances[i].squareRoot() }
    }
    steps = factor.map { $0 * width }
    // The center is the middle of a cell, but along the axes that begin at zero.
    var start = order.map { center[$0] }
    var place = Array(repeating: 0.5, count: count)
    for i in even.indices {
      place[i] = abs(start[i]) / steps[i * (count + 1)]
      start[i] = 0
    }
    for i in even.count..<count {
      for j in 0...i { start[i] -= steps[i * count + j] * place[j] }
    }
    origin = start
  }

  /// The logarithm of a cell's volume.
  var logVolume: Double { (0..<dimension).reduce(0) { $0 + log(steps[$1 * (dimension + 1)]) } }

  // MARK: Points

  /// Writes the coordinates of a point of the lattice.
  func locate(_ point: Point, _ position: inout [Double]) {
    for i in 0..<dimension {
      var x = origin[i]
      for j in 0...i { x += steps[i * dimension + j] * point[j] }
      position[order[i]] = x
    }
  }

  /// The point of the lattice with these coordinates; with their sizes, where the density is even.
  func point(at position: [Double]) -> Point {
    var point = Point.zero
    for i in 0..<dimension {
      var rest = position[order[i]] - origin[i]
      for j in 0..<i { rest -= steps[i * dimension + j] * point[j] }
      point[i] = (i < evenCount ? abs(rest) : rest) / steps[i * (dimension + 1)]
    }
    return point
  }

  /// The slope along an axis of a function with this gradient.
  func slope(ofAxis axis: Int, _ gradient: [Double]) -> Double {
    (axis..<dimension).reduce(0) { $0 + steps[$1 * dimension + axis] * gradient[order[$1]] }
  }

  /// Mean and covariance in coordinates, of those of points of the lattice.
  func moments(
    mean: Point, covariance: [Double]
  ) -> (mean: [Double], covariance: [Double]) {
    var position = [Double](repeating: 0, count: dimension)
    locate(mean, &position)
    var result = covariance
    for i in 0..<dimension {
      for j in 0..<dimension {
        var sum = 0.0
        for k in 0...i {
          for l in 0...j {
            sum +=
              steps[i * dimension + k] * covariance[k * dimension + l] * steps[j * dimension + l]
          }
        }
        result[order[i] * dimension + order[j]] = sum
      }
    }
    return (position, result)
  }

  // MARK: Cells

  /// The cell of a point; nil for one that is further out than a cell's name can say.
  func cell(of point: Point) -> Cell? {
    var cell: Cell = 0
    for axis in 0..<dimension {
      let place = point[axis].rounded(.down) + Double(Self.zero)
      guard place >= 1, place < Double(2 * Self.zero - 1) else { return nil }
      cell |= Cell(place) << Cell(axis * Self.bits)
    }
    return cell
  }

  /// Where a cell begins along an axis.
  func low(of cell: Cell, axis: Int) -> Double {
    Double(Int(cell >> Cell(axis * Self.bits) & Cell(2 * Self.zero - 1)) - Self.zero)
  }

  /// The cells beside a cell along an axis: one where the axis begins or a name ends, else two.
  func neighbours(of cell: Cell, axis: Int) -> (below: Cell?, above: Cell?) {
    let place = Int(low(of: cell, axis: axis))
    let one: Cell = 1 << Cell(axis * Self.bits)
    let first = axis < evenCount ? 0 : 1 - Self.zero
    return (
      place > first ? cell - one : nil, place < Self.zero - 2 ? cell + one : nil
    )
  }
}

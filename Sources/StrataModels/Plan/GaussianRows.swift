internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The rows of all Normal likelihoods of a Gaussian block, one after the other, divided by their known part of the
/// noise: columns of the effects, of the border and of the given coefficients, and the target.
struct GaussianRows {
  var effects: [[Double]]
  var border: [[Double]]
  var given: [[Double]]
  var target: [Double]
  /// The level of the effects' factor that each row belongs to.
  var groups: [Int32]
  /// The number of each row's residual scale.
  var classes: [Int32]
  /// The sum of the logs of what rows were multiplied by.
  var logWeights = 0.0

  /// The basis in which direct columns of the border are well conditioned, applied to them: columns times the
  /// inverse of their triangle (row by row); nil if they are well conditioned as they are.
  ///
  /// - Parameter direct: columns that no effect's prior mean holds. The others keep their own coordinates, whose
  ///   information may differ by any factor as scales go to 0 or infinity.
  mutating func orthogonalize(direct: [Int]) -> [Double]? {
    guard direct.count > 1 else { return nil }
    let columns = direct.map { border[$0] }
    let reduced = GroupFactorization(
      columns: columns, y: target, codes: Array(repeating: 0, count: target.count), groupCount: 1)
    let triangle = reduced.triangle.map { $0.map { $0[0] } }
    let isPoor = direct.indices.contains { j in
      let length = (0...j).reduce(0) { hypot($0, triangle[$1][j]) }
      return triangle[j][j] < 0.01 * length
    }
    guard isPoor, direct.indices.allSatisfy({ triangle[$0][$0] > 0 }) else { return nil }
    let width = border.count
    var basis = [Double](repeating: 0, count: width * width)
    for j in 0..<width { basis[j * width + j] = 1 }
    for (j, column) in direct.enumerated() {
      for m in 0..<j {
        let share = triangle[m][j]
        for i in target.indices { border[column][i] -= share * border[direct[m]][i] }
        for row in 0..<width {
          basis[row * width + column] -= share * basis[row * width + direct[m]]
        }
      }
      for i in target.indices { border[column][i] /= triangle[j][j] }
      for row in 0..<width { basis[row * width + column] /= triangle[j][j] }
    }
    return basis
  }
}

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

/// The rows of a Gaussian block per group, and what they say beside that.
struct GaussianReduction {
  /// The triangle of each group's effects.
  var triangle: [[[Double]]]
  /// Coordinates of border columns, given columns and target along the effects.
  var coordinates: [[[Double]]]
  /// For each residual scale, what is left.
  var rest: [GaussianBorderRows]

  init(_ rows: GaussianRows, groupCount: Int, classCount: Int) {
    let q = rows.effects.count
    let others = rows.border + rows.given
    // Columns that are zero everywhere cost nothing further.
    let live = others.indices.filter { index in others[index].contains { $0 != 0 } }
    let columns = rows.effects + live.map { others[$0] }
    var counts = [Double](repeating: 0, count: classCount)
    for code in rows.classes { counts[Int(code)] += 1 }
    let (k, width) = (live.count, others.count + 1)

    var last: GroupFactorization
    if q > 0 {
      let first = GroupFactorization(
        columns: columns, y: rows.target, codes: rows.groups, groupCount: groupCount)
      triangle = (0..<q).map { j in (0..<q).map { first.triangle[j][$0] } }
      let zero = [Double](repeating: 0, count: groupCount)
      coordinates = Array(repeating: Array(repeating: zero, count: q), count: width)
      for (place, index) in live.enumerated() {
        coordinates[index] = Self.solve(triangle, (0..<q).map { first.triangle[$0][q + place] })
      }
      coordinates[width - 1] = Self.solve(triangle, Array(first.targets[0..<q]))
      last = Self.combine(first, from: q, rows, groupCount: groupCount, classCount: classCount)
    } else {
      (triangle, coordinates) = ([], [])
      last = GroupFactorization(
        columns: columns, y: rows.target, codes: rows.classes, groupCount: classCount)
    }
    rest = (0..<classCount).map { number in
      var left: [[Double]] = []
      for j in 0..<k {
        var row = [Double](repeating: 0, count: width)
        for m in j..<k { row[live[m]] = last.triangle[j][m][number] }
        row[width - 1] = last.targets[j][number]
        left.append(row)
      }
      var row = [Double](repeating: 0, count: width)
      row[width - 1] = last.residuals[number]
      left.append(row)
      return GaussianBorderRows(
        rows: left.filter { $0.contains { $0 != 0 } }, count: counts[number])
    }
    guard q > 0 else { return }
    // The kernels count log sigma once for each effect of each group, lanes without a group included.
    let lanes = 8
    var numbers = [Int](repeating: 0, count: (groupCount + lanes - 1) / lanes * lanes)
    for (row, group) in rows.groups.enumerated() { numbers[Int(group)] = Int(rows.classes[row]) }
    for number in numbers { rest[number].count -= Double(q) }
  }

  /// Coordinates x with triangle · x = right; 0 along effects that the group's rows say nothing of.
  private static func solve(_ triangle: [[[Double]]], _ right: [[Double]]) -> [[Double]] {
    var x = right
    for j in right.indices.reversed() {
      for group in right[j].indices {
        let pivot = triangle[j][j][group]
        guard pivot > 0 else {
          x[j][group] = 0
          continue
        }
        var sum = right[j][group]
        for m in (j + 1)..<max(j + 1, right.count) { sum -= triangle[j][m][group] * x[m][group] }
        x[j][group] = sum / pivot
      }
    }
    return x
  }

  /// What the groups' rows say beside their effects, added up per residual scale.
  private static func combine(
    _ first: GroupFactorization, from q: Int, _ rows: GaussianRows, groupCount: Int, classCount: Int
  ) -> GroupFactorization {
    let columns = first.targets.count - q
    var codes = [Int32](repeating: 0, count: groupCount)
    for (row, group) in rows.groups.enumerated() { codes[Int(group)] = rows.classes[row] }
    var stacked = [[Double]](repeating: [], count: columns)
    var y: [Double] = []
    var places: [Int32] = []
    for j in q..<first.targets.count {
      for m in 0..<columns { stacked[m] += first.triangle[j][q + m] }
      y += first.targets[j]
      places += codes
    }
    for m in 0..<columns { stacked[m] += [Double](repeating: 0, count: groupCount) }
    y += first.residuals
    places += codes
    return GroupFactorization(columns: stacked, y: y, codes: places, groupCount: classCount)
  }
}

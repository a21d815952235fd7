/// The rows of each group reduced to what a Normal likelihood needs: a triangular system and a residual.
///
/// With X the group's columns and y its outcomes, X = Q R gives for every coefficient vector c
/// |y - X c|² = |q - R c|² + residual², where q = Qᵀ y. Nothing cancels, however well the columns fit, as it
/// would in yᵀy - 2 cᵀXᵀy + cᵀXᵀX c. Modified Gram-Schmidt with a second pass [GolubVanLoan2013, 5.2.8].
struct GroupFactorization: Sendable {
  /// For column pair (j, m), j <= m: R[j][m] of every group; zero below.
  private(set) var triangle: [[[Double]]]
  /// For column j: q[j] of every group.
  private(set) var targets: [[Double]]
  /// The length of what no coefficients can explain, the root of its sum of squares, of every group.
  private(set) var residuals: [Double]
  /// Rows of every group.
  private(set) var counts: [Double]

  /// What is left of a column after the ones before it is rounding error below this share of it.
  private static let negligible = 1e-13

  /// - Parameters:
  ///   - columns: one value per row each.
  ///   - codes: each row's group, from 0.
  init(columns: [[Double]], y: [Double], codes: [Int32], groupCount: Int) {
    let width = columns.count
    triangle = Array(
      repeating: Array(repeating: Array(repeating: 0, count: groupCount), count: width),
      count: width)
    targets = Array(repeating: Array(repeating: 0, count: groupCount), count: width)
    residuals = Array(repeating: 0, count: groupCount)
    counts = Array(repeating: 0, count: groupCount)
    for code in codes { counts[Int(code)] += 1 }
    var start = 0
    let order = GroupFactorization.rowsByGroup(codes, counts)
    for group in 0..<groupCount {
      let rows = order[start..<(start + Int(counts[group]))]
      start += rows.count
      reduce(group, columns.map { column in rows.map { column[$0] } }, rows.map { y[$0] })
    }
  }

  /// The rows, group after group, in table order within each.
  private static func rowsByGroup(_ codes: [Int32], _ counts: [Double]) -> [Int] {
    var next = counts.reduce(into: [0]) { $0.append($0.last! + Int($1)) }
    var order = [Int](repeating: 0, count: codes.count)
    for (row, code) in codes.enumerated() {
      order[next[Int(code)]] = row
      next[Int(code)] += 1
    }
    return order
  }

  private mutating func reduce(_ group: Int, _ columns: [[Double]], _ y: [Double]) {
    // Squares of numbers near one neither overflow nor vanish.
    let scales = columns.map(powerOfTwo)
    let scale = powerOfTwo(y)
    var basis = zip(columns, scales).map { column, scale in column.map { $0 / scale } }
    var rest = y.map { $0 / scale }
    for j in basis.indices {
      let size = length(basis[j])
      // The second pass takes out what rounding left of the first.
      for _ in 0..<2 {
        for m in 0..<j where triangle[m][m][group] > 0 {
          let share = dot(basis[m], basis[j])
          subtract(share, basis[m], from: &basis[j])
          triangle[m][j][group] += share * scales[j]
        }
      }
      let norm = length(basis[j])
      guard norm > GroupFactorization.negligible * size else { continue }
      triangle[j][j][group] = norm * scales[j]
      for i in basis[j].indices { basis[j][i] /= norm }
      for _ in 0..<2 {
        let share = dot(basis[j], rest)
        subtract(share, basis[j], from: &rest)
        targets[j][group] += share * scale
      }
    }
    residuals[group] = length(rest) * scale
  }
}

/// The power of two just below the largest of the numbers; 1 for zeros.
private func powerOfTwo(_ x: [Double]) -> Double {
  let largest = x.reduce(0) { max($0, abs($1)) }
  return largest > 0 && largest.isFinite ? largest.binade : 1
}

private func dot(_ x: [Double], _ y: [Double]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += x[i] * y[i] }
  return sum
}

private func length(_ x: [Double]) -> Double { dot(x, x).squareRoot() }

private func subtract(_ factor: Double, _ x: [Double], from y: inout [Double]) {
  for i in x.indices { y[i] -= factor * x[i] }
}

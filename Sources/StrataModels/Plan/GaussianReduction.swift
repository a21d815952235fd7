internal import StrataKernels

/// The rows of a Gaussian block reduced: per group to a system along its effects, and what they say beside that.
///
/// The rows of a group that share their residual scale are a *cell*. A cell of n rows becomes as many rows as there
/// are effects, by an orthogonal triangularization that starts with the effects' columns; what it leaves says nothing
/// of the effects and is added up over all cells with the same residual scale.
struct GaussianReduction {
  private(set) var system: GaussianSystem
  /// Each group's residual scale; for a rotated system that of each of its rows. Nil if there is one.
  private(set) var classes: [Int32]?
  /// For each residual scale, what is left.
  private(set) var rest: [GaussianBorderRows]
  /// The residual sd within groups, rows of all scales together; nil if there are no rows to tell it by.
  private(set) var residualSD: Double?

  private let rows: GaussianRows
  private let groupCount: Int
  private let effectCount: Int
  private let others: [[Double]]
  /// Columns that are not zero everywhere.
  private let live: [Int]

  init(_ rows: GaussianRows, groupCount: Int, classCount: Int) {
    self.rows = rows
    self.groupCount = groupCount
    effectCount = rows.effects.count
    let columns = rows.border + rows.given
    others = columns
    live = columns.indices.filter { index in columns[index].contains { $0 != 0 } }
    let zero = [Double](repeating: 0, count: groupCount)
    let none = Array(repeating: zero, count: effectCount)
    system = GaussianSystem(
      effectRows: [], coordinates: Array(repeating: none, count: columns.count + 1), rests: [],
      groupCount: groupCount, borderCount: rows.border.count, givenCount: rows.given.count)
    rest = []

    let cells = Cells(rows, groupCount: groupCount)
    let reduced = GroupFactorization(
      columns: rows.effects + live.map { others[$0] }, y: rows.target,
      codes: effectCount > 0 ? cells.codes : rows.classes,
      groupCount: effectCount > 0 ? cells.count : classCount)
    makeRest(reduced, cells, classCount)
    guard effectCount > 0 else { return }
    let slots = cells.mostPerGroup * effectCount
    fill(reduced, cells, slots)
    let isRotated = effectCount > 2 || slots > effectCount
    if !isRotated { system.rests = [] }
    countRows(cells, slots)
    if classCount > 1 {
      classes = isRotated ? rowClasses(cells, slots) : cells.classes
    }
  }

  /// Rows with the same group and residual scale.
  private struct Cells {
    /// Each row's cell.
    var codes: [Int32]
    /// Each cell's group, residual scale, and place among the cells of its group.
    var groups: [Int32] = []
    var classes: [Int32] = []
    var places: [Int] = []
    var mostPerGroup = 1

    var count: Int { groups.count }

    init(_ rows: GaussianRows, groupCount: Int) {
      codes = rows.groups
      groups = (0..<Int32(groupCount)).map { $0 }
      classes = Array(repeating: -1, count: groupCount)
      places = Array(repeating: 0, count: groupCount)
      var perGroup = Array(repeating: 1, count: groupCount)
      var more: [[Int32]: Int32] = [:]
      for (row, group) in rows.groups.enumerated() where groupCount > 0 {
        let number = rows.classes[row]
        if classes[Int(group)] < 0 { classes[Int(group)] = number }
        if classes[Int(group)] == number { continue }
        if let cell = more[[group, number]] {
          codes[row] = cell
          continue
        }
        codes[row] = Int32(groups.count)
        more[[group, number]] = codes[row]
        groups.append(group)
        classes.append(number)
        places.append(perGroup[Int(group)])
        perGroup[Int(group)] += 1
      }
      mostPerGroup = perGroup.max() ?? 1
    }
  }

  /// The size at which a typical group's rows begin to tell an effect from zero: the residual sd over the root of
  /// the mean sum of squares of its column.
  func resolution(of effect: Int, residualSD: Double) -> Double? {
    var squares = 0.0
    for row in system.effectRows {
      for value in row[effect] { squares += value * value }
    }
    let size = residualSD / (squares / Double(groupCount)).squareRoot()
    return size.isNormal ? size : nil
  }

  /// Adds to a column's coordinates along an effect, one number per group.
  mutating func shift(_ column: Int, along effect: Int, by values: [Double]) {
    for group in values.indices { system.coordinates[column][effect][group] += values[group] }
  }

  // MARK: Groups

  /// The rows of each group's cells one below the other, and the columns' coordinates along the effects that leave
  /// least.
  private mutating func fill(_ reduced: GroupFactorization, _ cells: Cells, _ slots: Int) {
    let q = effectCount
    let zero = [Double](repeating: 0, count: groupCount)
    var effectRows = Array(repeating: Array(repeating: zero, count: q), count: slots)
    var right = Array(repeating: Array(repeating: zero, count: slots), count: live.count + 1)
    for cell in 0..<cells.count {
      let group = Int(cells.groups[cell])
      for j in 0..<q {
        let slot = cells.places[cell] * q + j
        for m in j..<q { effectRows[slot][m][group] = reduced.triangle[j][m][cell] }
        for place in live.indices {
          right[place][slot][group] = reduced.triangle[j][q + place][cell]
        }
        right[live.count][slot][group] = reduced.targets[j][cell]
      }
    }
    system.effectRows = effectRows
    system.rests = Array(
      repeating: Array(repeating: zero, count: slots), count: others.count + 1)
    let indices = live + [others.count]
    if cells.mostPerGroup == 1 {
      for (place, index) in indices.enumerated() {
        system.coordinates[index] = solve(effectRows, right[place])
      }
      return
    }
    let stackedGroups = (0..<slots).flatMap { _ in (0..<Int32(groupCount)) }
    func stacked(_ column: [[Double]]) -> [Double] { column.flatMap { $0 } }
    let pooled = GroupFactorization(
      columns: (0..<q).map { m in effectRows.flatMap { $0[m] } } + right.map(stacked),
      y: Array(repeating: 0, count: stackedGroups.count), codes: stackedGroups,
      groupCount: groupCount)
    for (place, index) in indices.enumerated() {
      let x = solve(pooled.triangle, (0..<q).map { pooled.triangle[$0][q + place] })
      system.coordinates[index] = x
      for slot in 0..<slots {
        for group in 0..<groupCount {
          let explained = (0..<q).reduce(0) { $0 + effectRows[slot][$1][group] * x[$1][group] }
          system.rests[index][slot][group] = right[place][slot][group] - explained
        }
      }
    }
  }

  /// Coordinates x with triangle · x = right; 0 along effects that a group's rows say nothing of.
  private func solve(_ triangle: [[[Double]]], _ right: [[Double]]) -> [[Double]] {
    var x = Array(right[0..<effectCount])
    for j in x.indices.reversed() {
      for group in x[j].indices {
        let pivot = triangle[j][j][group]
        guard pivot > 0 else {
          x[j][group] = 0
          continue
        }
        var sum = right[j][group]
        for m in x.indices where m > j { sum -= triangle[j][m][group] * x[m][group] }
        x[j][group] = sum / pivot
      }
    }
    return x
  }

  /// For each vector of 8 groups and each row, 8 residual scales.
  private func rowClasses(_ cells: Cells, _ slots: Int) -> [Int32] {
    let lanes = GaussianSystem.lanes
    var classes = [Int32](repeating: 0, count: (groupCount + lanes - 1) / lanes * lanes * slots)
    for cell in 0..<cells.count {
      let group = Int(cells.groups[cell])
      for j in 0..<effectCount {
        let slot = cells.places[cell] * effectCount + j
        classes[(group / lanes * slots + slot) * lanes + group % lanes] = cells.classes[cell]
      }
    }
    return classes
  }

  // MARK: The rest

  private mutating func makeRest(
    _ reduced: GroupFactorization, _ cells: Cells, _ classCount: Int
  ) {
    var counts = [Double](repeating: 0, count: classCount)
    for code in rows.classes { counts[Int(code)] += 1 }
    let last = effectCount > 0 ? combine(reduced, cells.classes, classCount) : reduced
    let freedom = rows.target.count - cells.count * effectCount - live.count
    let squares = last.residuals.reduce(0) { $0 + $1 * $1 }
    if freedom > 0, squares > 0 { residualSD = (squares / Double(freedom)).squareRoot() }
    let width = others.count + 1
    rest = (0..<classCount).map { number in
      var left: [[Double]] = []
      for j in live.indices {
        var row = [Double](repeating: 0, count: width)
        for m in live.indices where m >= j { row[live[m]] = last.triangle[j][m][number] }
        row[width - 1] = last.targets[j][number]
        left.append(row)
      }
      var row = [Double](repeating: 0, count: width)
      row[width - 1] = last.residuals[number]
      left.append(row)
      return GaussianBorderRows(
        rows: left.filter { $0.contains { $0 != 0 } }, count: counts[number])
    }
  }

  /// What cells say beside their effects, added up per residual scale.
  private func combine(_ reduced: GroupFactorization, _ classes: [Int32], _ classCount: Int)
    -> GroupFactorization
  {
    let q = effectCount
    var columns = [[Double]](repeating: [], count: live.count)
    var y: [Double] = []
    var codes: [Int32] = []
    for j in q..<q + live.count {
      for m in live.indices { columns[m] += reduced.triangle[j][q + m] }
      y += reduced.targets[j]
      codes += classes
    }
    for m in live.indices { columns[m] += [Double](repeating: 0, count: classes.count) }
    y += reduced.residuals
    codes += classes
    return GroupFactorization(columns: columns, y: y, codes: codes, groupCount: classCount)
  }

  /// The kernels count log sigma once for each row of each group; rows that hold nothing and groups that fill up the
  /// last vector count for the first scale.
  private mutating func countRows(_ cells: Cells, _ slots: Int) {
    let lanes = GaussianSystem.lanes
    let all = (groupCount + lanes - 1) / lanes * lanes * slots
    for number in cells.classes { rest[Int(number)].count -= Double(effectCount) }
    rest[0].count -= Double(all - cells.count * effectCount)
  }
}

/// What the elements of a vector stand for.
package enum Domain: Hashable, Sendable {
  /// One number.
  case scalar
  /// One per level of the factor with this index in ``Domains/factors``.
  case factor(Int)
  /// One per column of a coefficient vector, by the vector's index.
  case coefficients(Int)
  /// One per row of the table.
  case rows
  /// One per set of rows that are alike, by the index in ``Domains/cells``.
  case cells(Int)
}

/// Rows sorted into sets that are alike in everything but their outcome.
package struct Cells: Sendable {
  /// The first row of each set.
  package var firstRows: [Int]
  /// Each row's set.
  package var codes: [Int32]
}

/// The factors and sizes behind the domains of one bound model.
package struct Domains: Sendable {
  /// The table, rows with missing cells already dropped.
  package let table: Table
  /// The factors in use, each made once.
  package private(set) var factors: [Factor] = []
  /// The columns of each coefficient vector.
  package private(set) var coefficientColumns: [[String]] = []
  /// The sets of like rows that a plan has made.
  package private(set) var cells: [Cells] = []
  private var indexOfFactor: [[String]: Int] = [:]

  package init(table: Table) { self.table = table }

  /// The domain of the levels of `columns`; `["row"]` has one level per row.
  package mutating func factor(by columns: [String]) throws -> Domain {
    if let known = knownFactor(by: columns) { return known }
    let factor = columns == ["row"] ? table.rowFactor() : try table.factor(columns)
    factors.append(factor)
    indexOfFactor[columns] = factors.count - 1
    return .factor(factors.count - 1)
  }

  /// The domain of the levels of `columns` if it was made before.
  package func knownFactor(by columns: [String]) -> Domain? {
    indexOfFactor[columns].map { .factor($0) }
  }

  /// The domain of a new coefficient vector over `columns`.
  package mutating func coefficients(over columns: [String]) -> Domain {
    coefficientColumns.append(columns)
    return .coefficients(coefficientColumns.count - 1)
  }

  /// The domain of sets of like rows.
  package mutating func cells(_ cells: Cells) -> Domain {
    self.cells.append(cells)
    return .cells(self.cells.count - 1)
  }

  /// The number of elements.
  package func count(_ domain: Domain) -> Int {
    switch domain {
    case .scalar: 1
    case .factor(let index): factors[index].levels.count
    case .coefficients(let index): coefficientColumns[index].count
    case .rows: table.rowCount
    case .cells(let index): cells[index].firstRows.count
    }
  }

  /// For each element of `fine`, the element of `coarse` that it belongs to; nil if a level of `fine`
  /// lies in several of `coarse`.
  package func codes(from fine: Domain, to coarse: Domain) -> [Int32]? {
    switch (fine, coarse) {
    case (.rows, .factor(let index)): factors[index].codes
    case (.cells(let fine), .factor(let coarse)):
      cells[fine].firstRows.map { factors[coarse].codes[$0] }
    case (.factor(let a), .factor(let b)): try? factors[b].codes(perLevelOf: factors[a])
    default: nil
    }
  }

  /// Whether the levels of the factor are the rows, in order: going from one to the other needs no codes.
  package func isIdentity(_ domain: Domain) -> Bool {
    guard case .factor(let index) = domain else { return false }
    return factors[index].columns.isEmpty
  }
}

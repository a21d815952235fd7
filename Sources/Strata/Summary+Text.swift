extension Summary: CustomStringConvertible {
  /// An aligned table. Numbers are shown to the digits that the posterior's width gives meaning to, the
  /// same for all levels of a group.
  public var description: String { text() }

  /// The table, to fit a width.
  /// - Parameters:
  ///   - width: in characters; nil for as wide as it gets. Where it is too narrow, columns are left out (Monte Carlo
  ///     error, tail-ESS, sd, the median, bulk-ESS, the mean's neighbours), and at last names are shortened.
  ///   - sparks: a small histogram for each row, shown beside its name.
  package func text(width: Int? = nil, sparks: [String]? = nil) -> String {
    var columns = [["parameter"], ["mean"], ["sd"], ["5 %"], ["50 %"], ["95 %"], ["MCSE"]]
    columns += [["bulk-ESS"], ["tail-ESS"], ["R-hat"]]
    for block in blocks {
      let statistics = block.map(\.statistics)
      let values = NumberFormat(values: statistics)
      let errors = NumberFormat(errors: statistics)
      for row in block {
        let s = row.statistics
        let cells =
          [Summary.printable(row.name)]
          + [s.mean, s.sd, s.q5, s.q50, s.q95].map(values.text) + [errors.text(s.meanMCSE)]
          + [s.bulkESS, s.tailESS].map(NumberFormat.whole.text)
          + [NumberFormat.fixed(decimals: 3).text(s.rHat)]
        for (index, cell) in cells.enumerated() { columns[index].append(cell) }
      }
    }
    if let sparks { columns.insert([""] + sparks, at: 1) }
    let textColumns = sparks == nil ? 1 : 2
    guard let width else { return TextTable.aligned(columns, textColumns: textColumns) }
    return Summary.fitted(columns, textColumns, to: width)
  }

  /// Leaves columns out until the table is narrow enough.
  private static func fitted(_ all: [[String]], _ textColumns: Int, to width: Int) -> String {
    var columns = all
    var dispensable = ["MCSE", "tail-ESS", "50 %", "sd", "bulk-ESS", "5 %", "95 %", "R-hat", ""]
    while true {
      let isMarked = columns.count > 1 && columns[1][0].isEmpty && textColumns == 2
      let text = TextTable.aligned(columns, textColumns: isMarked ? 2 : 1)
      let needed = text.split(separator: "\n").map(\.count).max() ?? 0
      let names = columns[0].map(\.count).max() ?? 0
      if needed <= width { return text }
      // Long names are shortened before the numbers that matter go.
      let room = names - (needed - width)
      if room >= 16 || dispensable.isEmpty {
        columns[0] = columns[0].map { shortened($0, to: max(room, 4)) }
        return TextTable.aligned(columns, textColumns: isMarked ? 2 : 1)
      }
      let next = dispensable.removeFirst()
      columns.removeAll { $0[0] == next }
    }
  }

  /// `a[A VERY LO…CTERS]`: the beginning and the end of a name.
  private static func shortened(_ name: String, to width: Int) -> String {
    guard name.count > width else { return name }
    let end = max(1, (width - 1) / 3)
    return name.prefix(width - 1 - end) + "…" + name.suffix(end)
  }

  /// The rows of each parameter or group: `mu_a`, then `a[AITKIN]`, `a[ANOKA]`, ….
  var blocks: [ArraySlice<Row>] {
    var blocks: [ArraySlice<Row>] = []
    var start = 0
    for index in rows.indices.dropFirst()
    where rows[index].group == nil || rows[index].group != rows[start].group {
      blocks.append(rows[start..<index])
      start = index
    }
    return blocks + (rows.isEmpty ? [] : [rows[start...]])
  }

  /// A name on one line, whatever its label holds.
  private static func printable(_ name: String) -> String {
    guard name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return name
    }
    return name.unicodeScalars.map {
      $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0)
    }.joined()
  }
}

extension Summary.Row {
  /// What stands before the level: `a` of `a[AITKIN]`; nil for a parameter without levels.
  fileprivate var group: Substring? {
    name.firstIndex(of: "[").map { name[..<$0] }
  }
}

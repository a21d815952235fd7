extension Summary: CustomStringConvertible {
  /// An aligned table. Numbers are shown to the digits that the posterior's width gives meaning to, the
  /// same for all levels of a group.
  public var description: String {
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
    return TextTable.aligned(columns)
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

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
    return Summary.table(columns)
  }

  /// The rows of each parameter or group: `mu_a`, then `a[AITKIN]`, `a[ANOKA]`, ….
  private var blocks: [ArraySlice<Row>] {
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

  /// Columns side by side: the first to the left, numbers aligned at the decimal point.
  private static func table(_ columns: [[String]]) -> String {
    let aligned = columns.enumerated().map { index, cells -> [String] in
      let texts = index == 0 ? cells : [cells[0]] + alignedAtPoint(Array(cells.dropFirst()))
      let width = texts.map(\.count).max() ?? 0
      return texts.map { text in
        let gap = String(repeating: " ", count: width - text.count)
        return index == 0 ? text + gap : gap + text
      }
    }
    let lines = aligned[0].indices.map { row in
      String(aligned.map { $0[row] }.joined(separator: "  ").trimmingTrailingSpaces())
    }
    return lines.joined(separator: "\n")
  }

  private static func alignedAtPoint(_ cells: [String]) -> [String] {
    let widths = cells.map { cell -> Int in
      let bytes = Array(cell.utf8)
      return bytes.firstIndex(of: UInt8(ascii: ".")).map { bytes.count - $0 } ?? 0
    }
    let most = widths.max() ?? 0
    return zip(cells, widths).map { $0 + String(repeating: " ", count: most - $1) }
  }
}

extension Summary.Row {
  /// What stands before the level: `a` of `a[AITKIN]`; nil for a parameter without levels.
  fileprivate var group: Substring? {
    name.firstIndex(of: "[").map { name[..<$0] }
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> Substring {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return self[..<end]
  }
}

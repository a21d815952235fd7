/// Text in columns, for the terminal.
enum TextTable {
  /// Columns side by side, headers first: the first columns to the left, numbers aligned at the decimal point.
  static func aligned(_ columns: [[String]], textColumns: Int = 1) -> String {
    let aligned = columns.enumerated().map { index, cells -> [String] in
      let texts =
        index < textColumns ? cells : [cells[0]] + alignedAtPoint(Array(cells.dropFirst()))
      let width = texts.map(\.count).max() ?? 0
      return texts.map { text in
        let gap = String(repeating: " ", count: width - text.count)
        return index < textColumns ? text + gap : gap + text
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

extension String {
  fileprivate func trimmingTrailingSpaces() -> Substring {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return self[..<end]
  }
}

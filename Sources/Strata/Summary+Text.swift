import StrataDiagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Summary: CustomStringConvertible {
  /// An aligned table. Numbers are shown to the digits that the posterior's width gives meaning to.
  public var description: String {
    var columns: [[String]] = [["parameter"] + rows.map(\.name)]
    func add(_ title: String, _ text: (QuantitySummary) -> String) {
      columns.append([title] + rows.map { text($0.statistics) })
    }
    add("mean") { Summary.number($0.mean, width: $0.sd) }
    add("sd") { Summary.number($0.sd, width: $0.sd) }
    add("5 %") { Summary.number($0.q5, width: $0.sd) }
    add("50 %") { Summary.number($0.q50, width: $0.sd) }
    add("95 %") { Summary.number($0.q95, width: $0.sd) }
    add("MCSE") { Summary.number($0.meanMCSE, width: $0.meanMCSE.map { $0 * 10 }) }
    add("bulk-ESS") { Summary.whole($0.bulkESS) }
    add("tail-ESS") { Summary.whole($0.tailESS) }
    add("R-hat") { $0.rHat.map { Summary.fixed($0, 3) } ?? "-" }
    return Summary.table(columns)
  }

  /// The csv header of the contract, and a line per parameter; undefined values are empty.
  public var csv: String {
    var lines = ["parameter,mean,sd,q5,q50,q95,mcse_mean,ess_bulk,ess_tail,r_hat"]
    for row in rows {
      let s = row.statistics
      let values = [
        s.mean, s.sd, s.q5, s.q50, s.q95, s.meanMCSE, s.bulkESS, s.tailESS, s.rHat,
      ]
      let cells = values.map { value in value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" }
      lines.append(([Summary.quoted(row.name)] + cells).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ cell: String) -> String {
    let needsQuotes = cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return needsQuotes
      ? "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\"" : cell
  }

  /// Three significant digits of `width`: what is finer than that says nothing.
  private static func number(_ value: Double?, width: Double?) -> String {
    guard let value else { return "-" }
    guard value.isFinite else { return value.isNaN ? "-" : value > 0 ? "inf" : "-inf" }
    let size = max(abs(value), width ?? 0)
    let scale = width.flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? max(abs(value), 1)
    let decimals = 2 - Int(log10(scale).rounded(.down))
    if size >= 1e7 || decimals > 9 { return scientific(value, digits: 4) }
    return fixed(value, min(max(decimals, 0), 9))
  }

  private static func whole(_ value: Double?) -> String {
    value.map { $0.isFinite ? fixed($0, 0) : "-" } ?? "-"
  }

  /// `value` with this many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    formatted("%.*f", decimals, value)
  }

  private static func scientific(_ value: Double, digits: Int) -> String {
    formatted("%.*e", digits - 1, value)
  }

  private static func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      _ = withVaList([Int32(precision), value]) {
        vsnprintf(buffer.baseAddress!, buffer.count, format, $0)
      }
      return String(cString: buffer.baseAddress!)
    }
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
    func decimals(_ cell: String) -> Int {
      cell.firstIndex(of: ".").map { cell.distance(from: $0, to: cell.endIndex) } ?? 0
    }
    let most = cells.map(decimals).max() ?? 0
    return cells.map { $0 + String(repeating: " ", count: most - decimals($0)) }
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> Substring {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return self[..<end]
  }
}

extension Summary {
  /// A header and a line per parameter, as in `summary.csv`; undefined values are empty.
  ///
  /// `parameter,mean,sd,q5,q50,q95,mcse_mean,ess_bulk,ess_tail,r_hat`. Names are quoted as CSV needs, and
  /// numbers have all their digits.
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

  static func quoted(_ cell: String) -> String {
    // Scalars, not characters: a comma with an accent on it is still a comma to a CSV reader.
    let scalars = cell.unicodeScalars
    guard scalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return cell
    }
    return "\"" + scalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}

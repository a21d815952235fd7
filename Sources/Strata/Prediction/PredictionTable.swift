/// Predictions as a table, in text, CSV or JSON: a line per row.
public struct PredictionTable: Sendable, CustomStringConvertible {
  private let name: String
  private let rows: [RowSummary]
  private let probability: Double
  /// The cells of columns that make groups, for those who look for their rows.
  private let groups: [(column: String, cells: [String])]
  private let observed: [Double]?

  /// Summarises predictions.
  /// - Parameters:
  ///   - predictions: of the rows.
  ///   - probability: of the equal-tailed interval.
  public init(_ predictions: Predictions, probability: Double = 0.9) throws {
    name = predictions.name
    self.probability = probability
    rows = try predictions.summary(probability: probability)
    let table = predictions.table
    groups = predictions.groupColumns.filter(table.hasColumn).compactMap { column in
      (try? table.text(column)).map { (column, $0) }
    }
    observed = predictions.table.hasColumn(name) ? try? table.numbers(name) : nil
  }

  private var percentages: [Double] { [(1 - probability) / 2, 0.5, (1 + probability) / 2] }

  private static func trimmed(_ x: Double) -> String {
    let rounded = (x * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
  }

  /// An aligned table.
  public var description: String {
    var columns = [["row"] + rows.indices.map { String($0 + 1) }]
    for group in groups { columns.append([group.column] + group.cells) }
    let quantiles = percentages.map { "\(PredictionTable.trimmed($0 * 100)) %" }
    let values = rows.map { [$0.mean, $0.sd, $0.lower, $0.median, $0.upper] }
    let format = NumberFormat(rows)
    for (index, header) in (["mean", "sd"] + quantiles).enumerated() {
      columns.append([header] + values.map { format.text($0[index]) })
    }
    if let observed { columns.append(["observed"] + observed.map(format.text)) }
    return "\(name)\n" + TextTable.aligned(columns, textColumns: 1 + groups.count)
  }

  /// A header and a line per row: `row`, the columns that make groups, `mean,sd,q5,q50,q95` (the quantiles as asked),
  /// and `observed` where the table has the outcome.
  public var csv: String {
    let quantiles = percentages.map { "q\(PredictionTable.trimmed($0 * 100))" }
    var header = ["row"] + groups.map { Summary.quoted($0.column) } + ["mean", "sd"] + quantiles
    if observed != nil { header.append("observed") }
    var lines = [header.joined(separator: ",")]
    for (index, row) in rows.enumerated() {
      var cells = [String(index + 1)] + groups.map { Summary.quoted($0.cells[index]) }
      var values = [row.mean, row.sd, row.lower, row.median, row.upper]
      if let observed { values.append(observed[index]) }
      cells += values.map { value in value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" }
      lines.append(cells.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One JSON object with a list of rows.
  public func json() throws -> String {
    let quantiles = percentages.map { "q\(PredictionTable.trimmed($0 * 100))" }
    let list = rows.enumerated().map { index, row -> JSONText.Value in
      var object: [String: JSONText.Value] = [
        "row": .whole(index + 1), "mean": .number(row.mean), "sd": .number(row.sd),
        quantiles[0]: .number(row.lower), quantiles[1]: .number(row.median),
        quantiles[2]: .number(row.upper),
      ]
      for group in groups { object[group.column] = .text(group.cells[index]) }
      if let observed { object["observed"] = .number(observed[index]) }
      return .object(object)
    }
    return try JSONText.encode(
      JSONText.Value.object([
        "predicted": .text(name), "probability": .number(probability), "rows": .list(list),
      ]))
  }

  /// Writes `predictions.csv`.
  /// - Throws: ``OutputError``.
  public func write(to folder: OutputFolder) throws(OutputError) {
    try folder.write(csv, to: "predictions.csv")
  }
}

extension NumberFormat {
  /// For predictions: three digits of the rows' typical sd.
  fileprivate init(_ rows: [RowSummary]) {
    self.init(
      widths: rows.compactMap(\.sd).filter { $0 > 0 }, digits: 3,
      sizes: rows.flatMap { [$0.mean, $0.lower, $0.upper] })
  }
}

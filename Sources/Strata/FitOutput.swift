import StrataDiagnostics

/// A fit as files and as JSON: `summary.csv`, `run.json`, and both in one object.
public struct FitOutput: Sendable {
  private let fit: Fit
  private let record: RunRecord

  /// The output of a fit with its record.
  public init(_ fit: Fit, record: RunRecord) {
    self.fit = fit
    self.record = record
  }

  /// The run record and the summary as one JSON object; undefined values are null.
  public func json() throws -> String {
    try JSONText.encode(Combined(record: record, summary: fit.summary.rows.map(Line.init)))
  }

  /// Writes `summary.csv` and `run.json`.
  /// - Throws: ``OutputError``.
  public func write(to folder: OutputFolder) throws {
    try folder.write(fit.summary.csv, to: "summary.csv")
    try folder.write(JSONText.encode(record) + "\n", to: "run.json")
  }
}

/// One parameter as JSON: every key is there, undefined values are null.
private struct Line: Encodable {
  let row: Summary.Row

  init(_ row: Summary.Row) { self.row = row }

  enum CodingKeys: String, CodingKey {
    case parameter, mean, sd, q5, q50, q95
    case meanMCSE = "mcse_mean"
    case bulkESS = "ess_bulk"
    case tailESS = "ess_tail"
    case rHat = "r_hat"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func put(_ value: Double?, _ key: CodingKeys) throws {
      try container.encode(JSONText.Number(value), forKey: key)
    }
    let s = row.statistics
    try container.encode(row.name, forKey: .parameter)
    try put(s.mean, .mean)
    try put(s.sd, .sd)
    try put(s.q5, .q5)
    try put(s.q50, .q50)
    try put(s.q95, .q95)
    try put(s.meanMCSE, .meanMCSE)
    try put(s.bulkESS, .bulkESS)
    try put(s.tailESS, .tailESS)
    try put(s.rHat, .rHat)
  }
}

/// The content of run.json with the summary beside it.
private struct Combined: Encodable {
  let record: RunRecord
  let summary: [Line]

  enum CodingKeys: CodingKey { case summary }

  func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(summary, forKey: .summary)
  }
}

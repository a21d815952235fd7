import StrataDiagnostics
import StrataKernels
public import StrataModels
import StrataSampling

/// Draws of something for every row of a table: of the posterior predictive distribution, of its mean, of a quantity
/// of the model. They are computed when asked for, so that a large table needs no large memory.
///
/// The same fit, table and seed give the same numbers, whatever else is asked.
public struct Predictions: Sendable {
  /// What is predicted, such as `log_radon` or `mean of log_radon`.
  public let name: String
  /// The rows.
  public let table: Table
  /// Levels that the fit has not seen and whose effects are drawn from the population, such as `a[NEW]`.
  public let newLevels: [String]
  /// The chains that the draws come from.
  public let chainCount: Int
  /// Draws of each chain.
  public let drawCount: Int
  /// The columns that make the model's groups.
  let groupColumns: [String]
  let rows: RowDraws

  /// Calls `body` with the predictions of all rows for one draw after another.
  ///
  /// Memory for one draw is all that is needed, however large the table.
  public func forEachDraw(
    _ body: (_ chain: Int, _ draw: Int, _ rows: [Double]) throws -> Void
  ) throws {
    try rows.forEachDraw(body)
  }

  /// All draws: for each row, chain after chain.
  /// - Throws: ``PredictionError/tooLarge(rows:draws:)`` over 2^29 numbers (4 GB): ``forEachDraw(_:)`` has no limit.
  public func draws() throws -> [[Double]] {
    guard table.rowCount <= (1 << 29) / max(1, chainCount * drawCount) else {
      throw PredictionError.tooLarge(rows: table.rowCount, draws: chainCount * drawCount)
    }
    var all: [[Double]] = []
    try rows.forEachSlice { rows, matrix in
      for row in 0..<rows.count { all.append(Array(matrix.row(row))) }
    }
    return all
  }

  /// Mean, sd and an interval of every row.
  /// - Parameter probability: of the equal-tailed interval.
  public func summary(probability: Double = 0.9) throws -> [RowSummary] {
    guard probability > 0, probability < 1 else {
      throw SamplingError.invalidSetting(
        name: "the probability of an interval", value: "\(probability)",
        expected: "a number above 0 and below 1")
    }
    var all: [RowSummary] = []
    try rows.forEachSlice { rows, matrix in
      all += parallelMap(rows.count) { row in
        RowSummary(Array(matrix.row(row)), probability: probability)
      }
    }
    return all
  }

  /// The probability of a statement about each row, `predictions.probability { $0 <= 10 }`.
  public func probability(where holds: @Sendable (Double) -> Bool) throws -> [Double] {
    var all: [Double] = []
    try rows.forEachSlice { rows, matrix in
      for row in 0..<rows.count {
        let count = matrix.row(row).reduce(0) { $0 + (holds($1) ? 1 : 0) }
        all.append(Double(count) / Double(matrix.chains * matrix.draws))
      }
    }
    return all
  }
}

/// What predictions say of one row; nil where a draw is not a number.
public struct RowSummary: Sendable, Equatable {
  /// The mean of the draws.
  public let mean: Double?
  /// Their standard deviation.
  public let sd: Double?
  /// The interval's lower end: a quantile of type 7.
  public let lower: Double?
  /// The median.
  public let median: Double?
  /// The interval's upper end.
  public let upper: Double?

  init(_ draws: [Double], probability: Double) {
    let tail = (1 - probability) / 2
    guard !draws.contains(where: \.isNaN) else {
      (mean, sd, lower, median, upper) = (nil, nil, nil, nil, nil)
      return
    }
    let mean = draws.reduce(0, +) / Double(draws.count)
    let squares = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean.isFinite ? mean : nil
    let sd = (squares / Double(draws.count - 1)).squareRoot()
    self.sd = sd.isFinite ? sd : nil
    let sorted = SortedDraws(draws)
    (lower, median, upper) = (
      sorted.quantile(tail), sorted.quantile(0.5), sorted.quantile(1 - tail)
    )
  }
}

/// The results of a function for 0..<count, computed on all cores.
func parallelMap<T: Sendable>(_ count: Int, _ body: @Sendable (Int) -> T) -> [T] {
  [T](unsafeUninitializedCapacity: count) { buffer, filled in
    // Each index writes its own element, and all have ended when the call returns.
    nonisolated(unsafe) let results = buffer
    let size = max(1, min(64, count / 8))
    WorkerThread.share((count + size - 1) / size) { block, _ in
      for index in block * size..<min((block + 1) * size, count) {
        (results.baseAddress! + index).initialize(to: body(index))
      }
    }
    filled = count
  }
}

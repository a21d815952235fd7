import StrataDiagnostics
import StrataModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A number computed from the outcomes of many rows.
public enum CheckStatistic: String, Sendable, CaseIterable {
  case mean, sd, minimum, maximum
  /// The share of rows that are 0.
  case zeros

  func callAsFunction(_ y: [Double]) -> Double {
    switch self {
    case .mean: return y.reduce(0, +) / Double(y.count)
    case .sd:
      let mean = y.reduce(0, +) / Double(y.count)
      return (y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(y.count - 1)).squareRoot()
    case .minimum: return y.min() ?? .nan
    case .maximum: return y.max() ?? .nan
    case .zeros: return Double(y.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }) / Double(y.count)
    }
  }
}

/// A statistic of the data beside the same statistic of data that the fitted model makes.
public struct PredictiveCheck: Sendable, Equatable {
  /// Which number is compared.
  public let statistic: CheckStatistic
  /// The group whose rows were looked at; nil for all rows.
  public let group: String?
  /// How many rows there are.
  public let rowCount: Int
  /// The statistic of the data.
  public let observed: Double
  /// The mean of the replicated data sets' statistics.
  public let mean: Double
  /// Their 5 % quantile.
  public let q5: Double
  /// Their 95 % quantile.
  public let q95: Double
  /// The share of replications whose statistic is larger than the data's, ties counted half: near 0 or 1 the model
  /// does not make data like these. It is no test: good models have values around 1/2, not uniform ones. [Gelman2013]
  public let pValue: Double

  /// Whether the p-value is within 2.5 % of 0 or 1.
  public var isSuspicious: Bool { pValue < 0.025 || pValue > 0.975 }
}

extension Fit {
  /// Posterior predictive checks: statistics of the data beside those of data replicated from each draw.
  ///
  /// - Parameters:
  ///   - statistics: which numbers; by default all that mean something for the outcome.
  ///   - columns: also of every group of rows that these columns make; a group of a single row has no sd.
  ///   - outcome: which one, if the model has several.
  /// - Throws: ``PredictionError``, ``DrawsNotKept``, ``TableError`` for an unknown column.
  public func check(
    _ statistics: [CheckStatistic]? = nil, by columns: [String] = [], outcome: String? = nil
  ) throws -> [PredictiveCheck] {
    let index = try bound.outcomeIndex(outcome)
    let line = bound.outcomes[index]
    guard let observed = line.values else {
      throw PredictionError.noOutcome(table: bound.layout.table.name, outcome: line.subject)
    }
    let statistics = statistics ?? CheckStatistic.all(for: line.isDiscrete, observed)
    var groups: [(name: String?, rows: [Int])] = [(nil, Array(observed.indices))]
    if !columns.isEmpty {
      let factor = try bound.layout.table.factor(columns)
      var rows = [[Int]](repeating: [], count: factor.levelCount)
      for (row, code) in factor.codes.enumerated() { rows[Int(code)].append(row) }
      groups += zip(factor.levels, rows).map { ($0, $1) }
    }
    var replicated = [[Double]](repeating: [], count: groups.count * statistics.count)
    for place in replicated.indices {
      replicated[place].reserveCapacity(chains.count * drawsPerChain)
    }
    try predict(of: .outcome(line.subject)).forEachDraw { _, _, y in
      for (place, group) in groups.enumerated() {
        let values = group.name == nil ? y : group.rows.map { y[$0] }
        for (number, statistic) in statistics.enumerated() {
          replicated[place * statistics.count + number].append(statistic(values))
        }
      }
    }
    return groups.indices.flatMap { place in
      statistics.indices.compactMap { number in
        let statistic = statistics[number]
        let rows = groups[place].rows
        if statistic == .sd, rows.count < 2 { return nil }
        return PredictiveCheck(
          statistic, group: groups[place].name, rowCount: rows.count,
          observed: statistic(rows.map { observed[$0] }),
          replicated: replicated[place * statistics.count + number])
      }
    }
  }
}

extension PredictiveCheck {
  init(
    _ statistic: CheckStatistic, group: String?, rowCount: Int, observed: Double,
    replicated: [Double]
  ) {
    self.statistic = statistic
    self.group = group
    self.rowCount = rowCount
    self.observed = observed
    let count = Double(max(1, replicated.count))
    mean = replicated.reduce(0, +) / count
    q5 = Diagnostics.quantile(replicated, probability: 0.05) ?? .nan
    q95 = Diagnostics.quantile(replicated, probability: 0.95) ?? .nan
    // Sums of the same rows in another order may differ by rounding: that is a tie.
    let tolerance = 1e-12 * abs(observed)
    pValue =
      replicated.reduce(0) { sum, x in
        sum + (abs(x - observed) <= tolerance ? 0.5 : x > observed ? 1 : 0)
      } / count
  }
}

extension CheckStatistic {
  /// Those that say something: zeros where whole numbers are counted, the extremes where there are more than two values.
  static func all(for isDiscrete: Bool, _ observed: [Double]) -> [CheckStatistic] {
    if Set(observed.prefix(10_000)).isSubset(of: [0, 1]) && isDiscrete { return [.mean, .sd] }
    return isDiscrete ? allCases : [.mean, .sd, .minimum, .maximum]
  }
}

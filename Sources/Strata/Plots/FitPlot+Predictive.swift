import StrataCharts
import StrataDiagnostics
import StrataModels

// Pictures of what the fitted model predicts, beside the data. Where a model has one outcome, its name needs not be given.
extension FitPlot {
  /// Data sets that the fitted model makes, beside the data: bars with intervals.
  /// - Parameters:
  ///   - outcome: as the model writes it.
  ///   - column: a panel for each group of rows that this column makes; of more than twelve, those with most rows.
  public static func predictive(_ outcome: String? = nil, by column: String? = nil) -> FitPlot {
    FitPlot { source in
      let data = try source.replications(outcome)
      guard let column else {
        return PredictiveHistogram(
          title: "\(data.name), observed and predicted", xLabel: data.name,
          observed: data.observed, predicted: data.replicated)
      }
      let factor = try source.bound.layout.table.factor([column])
      let rows = factor.rowsOfLevels
      let shown = factor.largest(12)
      let groups = shown.map { level in
        PredictiveHistogram.Group(
          factor.levels[level], observed: rows[level].map { data.observed[$0] },
          predicted: data.replicated.map { set in rows[level].map { set[$0] } })
      }
      let what =
        shown.count < factor.levelCount
        ? "the \(shown.count) of \(factor.levelCount.spoken) levels of \(column) with most rows"
        : column
      return PredictiveHistogram(
        title: "\(data.name) by \(what), observed and predicted", xLabel: data.name, groups: groups)
    }
  }

  /// The distribution function of the data over those of predicted data sets.
  public static func distribution(_ outcome: String? = nil) -> FitPlot {
    FitPlot { source in
      let data = try source.replications(outcome)
      return DistributionPlot(
        title: "Distribution of \(data.name), observed and predicted", xLabel: data.name,
        observed: data.observed, predicted: data.replicated)
    }
  }

  /// What is predicted for each row, with what was observed: for tables of few rows, at most sixty.
  public static func rows(_ outcome: String? = nil) -> FitPlot {
    FitPlot { source in
      let data = try source.replications(outcome)
      let count = data.observed.count
      guard count <= 60 else {
        throw PlotError(
          "rows", "the table has \(count), and at most 60 can be read: use predictive")
      }
      let estimates = (0..<count).map { row in
        ForestPlot.Estimate(draws: data.replicated.map { $0[row] })
      }
      let labels =
        source.bound.layout.factors.first { $0.levelCount == count && !$0.columns.isEmpty }
        .map { factor in factor.codes.map { factor.levels[Int($0)] } }
        ?? (1...max(1, count)).map { "row \($0)" }
      return ForestPlot(
        title: "\(data.name), row by row", xLabel: data.name, levels: labels,
        series: [
          .init("predicted", estimates), .init("observed", data.observed.map { .init($0) }),
        ], intervalLabel: "50 % and 90 % intervals of predictions", order: .given, maximumRows: 60)
    }
  }

  /// The probability that the model, fitted without a row, gives an outcome below the observed one: uniform if the
  /// model is right.
  public static func calibration(_ outcome: String? = nil) -> FitPlot {
    FitPlot { source in
      let (accuracy, transforms) = try source.leaveOneOut(outcome)
      let bins = transforms.count < 100 ? 5 : transforms.count < 400 ? 10 : 20
      return CalibrationHistogram(
        title: "Calibration of \(accuracy.outcome)",
        xLabel: "leave-one-out probability of less than observed",
        groups: [.init(values: transforms, bins: bins)])
    }
  }

  /// Pareto k of leave-one-out cross-validation: rows that the posterior depends on much.
  public static func pareto(_ outcome: String? = nil) -> FitPlot {
    FitPlot { source in
      let accuracy = try source.leaveOneOut(outcome).accuracy
      return ParetoPlot(
        title: "Influence of the rows of \(accuracy.outcome)", k: accuracy.paretoK ?? [],
        threshold: accuracy.threshold ?? 0.7)
    }
  }
}

extension Factor {
  /// The rows of each level, ascending.
  var rowsOfLevels: [[Int]] {
    var rows = [[Int]](repeating: [], count: levelCount)
    for (row, code) in codes.enumerated() { rows[Int(code)].append(row) }
    return rows
  }

  /// The levels with most rows, in the order of levels.
  func largest(_ count: Int) -> [Int] {
    let sizes = rowCounts
    return sizes.indices.sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }
      .prefix(count).sorted()
  }
}

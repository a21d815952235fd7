import StrataCharts
import StrataModels

extension FitPlot {
  /// The outcome's mean against its predictor, a panel with data and lines for each group.
  ///
  /// For models whose mean is a straight line in one column: the means are predicted along it for every group, however
  /// the model writes them.
  /// - Parameters:
  ///   - groups: levels to draw; nil for all of up to 24, else for twelve from those with most rows to those with fewest.
  ///   - outcome: as the model writes it.
  public static func regression(groups: [String]? = nil, outcome: String? = nil) -> FitPlot {
    FitPlot { source in try RegressionLines(source, outcome, groups).chart() }
  }
}

/// Lines of groups, found by predicting means.
private struct RegressionLines {
  let source: PlotSource
  let outcome: BoundModel.Outcome
  /// The column along which means are predicted.
  let predictor: String
  /// Nil for a model without groups.
  let factor: Factor?
  let shown: [Int]
  private let grid: [Double]

  init(_ source: PlotSource, _ name: String?, _ groups: [String]?) throws {
    self.source = source
    outcome = try source.outcome(name)
    let statement = source.bound.model.statements[outcome.statement]
    guard case .distributed(let call) = statement.content, let location = call.location else {
      throw Self.refusal("the mean of \(outcome.subject) is not a straight line in a column")
    }
    let parts = Self.expanded(location, source.bound.model)
    let table = source.bound.layout.table
    let columns = Set(parts.flatMap(\.usedNames)).filter(table.hasColumn).sorted()
    guard columns.count == 1, let column = columns.first else {
      let found = columns.isEmpty ? "none" : columns.joined(separator: ", ")
      throw Self.refusal(
        "the mean of \(outcome.subject) has to depend on one column, not on \(found)")
    }
    predictor = column
    let x = try table.numbers(column)
    guard let low = x.min(), let high = x.max(), low < high else {
      throw Self.refusal("\(column) does not vary")
    }
    grid = [low, low / 2 + high / 2, high]
    let factors = Set(parts.flatMap(\.factorNames))
    guard factors.count <= 1 else {
      throw Self.refusal("the mean of \(outcome.subject) depends on several groupings")
    }
    if let by = factors.first, by == ["row"] {
      throw Self.refusal("the mean of \(outcome.subject) has a value of its own for each row")
    }
    factor = try factors.first.map { try table.factor($0) }
    shown = try Self.choice(factor, groups)
  }

  /// A location and the quantities that it is made of.
  private static func expanded(_ location: Expression, _ model: Model) -> [Expression] {
    var all = [location]
    var seen: Set<String> = []
    var next = 0
    while next < all.count {
      for name in all[next].usedNames where seen.insert(name).inserted {
        for statement in model.statements {
          guard case .equals(let expression) = statement.content,
            case .name(name) = statement.target
          else { continue }
          all.append(expression)
        }
      }
      next += 1
    }
    return all
  }

  private static func choice(_ factor: Factor?, _ groups: [String]?) throws -> [Int] {
    guard let factor else { return [0] }
    if let groups {
      return try groups.map { group in
        guard let code = factor.code(of: group) else {
          throw UnknownParameter(
            name: group, among: factor.levels,
            kind: "level of \(factor.columns.joined(separator: ", "))")
        }
        return code
      }
    }
    if factor.levelCount <= 24 { return Array(0..<factor.levelCount) }
    let sizes = factor.rowCounts
    let order = sizes.indices.sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }
    return (0..<12).map { order[$0 * (order.count - 1) / 11] }
  }

  private static func refusal(_ reason: String) -> PlotError { PlotError("regression", reason) }

  /// A row for each group and place: the columns that the outcome's line uses, all but the predictor as in the first row.
  private func table() throws -> Table {
    let table = source.bound.layout.table
    let statement = source.bound.model.statements[outcome.statement]
    let used = statement.rightSides.flatMap { Self.expanded($0, source.bound.model) }
    let count = shown.count * grid.count
    var columns: [(name: String, column: Table.Column)] = [
      (predictor, .numbers(shown.flatMap { _ in grid }))
    ]
    for (place, name) in (factor?.columns ?? []).enumerated() where name != predictor {
      let cells = factor?.components[place] ?? []
      columns.append((name, .text(shown.flatMap { level in grid.map { _ in cells[level] } })))
    }
    let others = used.flatMap(\.usedNames) + used.flatMap { $0.factorNames.joined() }
    for name in Set(others).sorted()
    where table.hasColumn(name) && !columns.contains(where: { $0.name == name }) {
      let value = try table.numbers(name)[0]
      columns.append((name, .numbers([Double](repeating: value, count: count))))
    }
    return try Table(columns, name: "places along \(predictor)")
  }

  func chart() throws -> any Chart {
    let fit = source.fit
    let means = try fit.predict(table(), of: .mean(outcome.subject))
    let interval = max(1, fit.drawsPerChain * fit.chains.count / 400)
    var lines = [[RegressionPlot.Line]](repeating: [], count: shown.count)
    let (low, high) = (grid[0], grid[2])
    var isStraight = true
    try means.rows.forEachDraw(every: interval) { _, _, y in
      for group in shown.indices {
        let (a, middle, b) = (y[3 * group], y[3 * group + 1], y[3 * group + 2])
        let slope = (b - a) / (high - low)
        let size = max(abs(a), abs(b))
        isStraight = isStraight && !(abs(middle - (a / 2 + b / 2)) > 1e-9 * max(size, abs(b - a)))
        lines[group].append(.init(intercept: a - slope * low, slope: slope))
      }
    }
    guard isStraight else {
      throw Self.refusal("the mean of \(outcome.subject) is curved in \(predictor)")
    }
    let x = try source.bound.layout.table.numbers(predictor)
    let y = outcome.values ?? []
    let rows = factor?.rowsOfLevels ?? [Array(x.indices)]
    let groups = zip(shown, lines).map { level, lines in
      let n = Double(max(1, lines.count))
      let mean = RegressionPlot.Line(
        intercept: lines.reduce(0) { $0 + $1.intercept } / n,
        slope: lines.reduce(0) { $0 + $1.slope } / n)
      let step = max(1, lines.count / 40)
      return RegressionPlot.Group(
        factor?.levels[level] ?? "", x: rows[level].map { x[$0] }, y: rows[level].map { y[$0] },
        fits: [
          .init(
            "posterior mean", line: mean,
            draws: stride(from: 0, to: lines.count, by: step).map { lines[$0] })
        ])
    }
    return RegressionPlot(
      title: title, xLabel: predictor, yLabel: outcome.subject, groups: groups, xValues: ticks(x),
      maximumPanels: max(24, groups.count))
  }

  private var title: String {
    guard let factor else { return "\(outcome.subject) against \(predictor)" }
    let by = factor.columns.joined(separator: ", ")
    let count = factor.levelCount
    let some = shown.count < count ? ", \(shown.count) of \(count.spoken)" : ""
    return "\(outcome.subject) against \(predictor) by \(by)\(some)"
  }

  /// Marks for a predictor that is a code of few whole numbers.
  private func ticks(_ x: [Double]) -> [(value: Double, label: String)] {
    var seen: Set<Double> = []
    for value in x where seen.insert(value).inserted && seen.count > 3 { return [] }
    guard seen.allSatisfy({ $0.rounded() == $0 && abs($0) < 1000 }) else { return [] }
    return seen.sorted().map { ($0, "\(Int($0))") }
  }
}

import StrataCharts
import StrataDiagnostics
import StrataModels

extension PlotSource {
  private static func file(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  var title: String {
    let outcomes = bound.outcomes.map(\.subject).joined(separator: ", ")
    let model = files.model.map(Self.file) ?? "A model of \(outcomes)"
    return "\(model), fitted to \(tableName)"
  }

  private var tableName: String { Self.file(files.table ?? bound.layout.table.name) }

  var subtitle: String {
    let levels = bound.layout.factors.filter { !$0.columns.isEmpty }.map {
      "\($0.levelCount.spoken) levels of \($0.columns.joined(separator: ", "))"
    }
    return
      (["\(fit.rowCount.spoken) rows"] + levels + [
        "\(fit.summary.rows.count.spoken) numbers reported"
      ])
      .joined(separator: " · ")
  }

  /// What the diagnostics say, first of all.
  func verdictSection() -> Report.Section {
    let diagnostics = fit.diagnostics
    var blocks: [Report.Block] = []
    let failures = diagnostics.findings.filter { $0.severity == .failure }
    if failures.isEmpty {
      blocks.append(.prose("The draws can be used. \(diagnostics.verdict ?? "")"))
    } else {
      blocks.append(
        .notice(
          "The draws should not be used as they are: \(failures.count == 1 ? "one check" : "\(failures.count) checks") failed."
        ))
      blocks += failures.map { .notice($0.message) }
    }
    let notes =
      diagnostics.findings.filter { $0.severity == .note }.map(\.message)
      + fit.notes.map { "\($0)." }
    if !notes.isEmpty { blocks.append(.list(notes)) }
    return .init("Can the draws be trusted?", blocks)
  }

  /// The text and the columns; the diagram and the plan come between.
  func modelSection() -> Report.Section {
    let text = fit.model.text.text.isEmpty ? fit.model.description : fit.model.text.text
    var trimmed = text[...]
    while trimmed.last?.isNewline == true { trimmed.removeLast() }
    var blocks: [Report.Block] = [.code(String(trimmed)), columnsBlock()]
    blocks.append(.prose(fit.settingsLine.split(separator: "\n").joined(separator: " ")))
    return .init("What was fitted", blocks)
  }

  private func columnsBlock() -> Report.Block {
    let table = bound.layout.table
    var used: [String] = []
    for statement in bound.model.statements {
      var names = statement.rightSides.flatMap { $0.usedNames + $0.factorNames.flatMap { $0 } }
      switch statement.target {
      case .name(let name): names.append(name)
      case .grouped(_, let columns), .coefficients(_, let columns): names += columns
      case .correlation: break
      case .expression(let expression): names += expression.usedNames
      }
      for name in names where table.hasColumn(name) && !used.contains(name) { used.append(name) }
    }
    let groups = Set(bound.layout.factors.flatMap(\.columns))
    let rows = used.map { name -> [String] in
      let kind = (try? table.column(name).kind) ?? .text
      if kind != .text, !groups.contains(name), let values = try? table.numbers(name),
        let low = values.min(), let high = values.max()
      {
        let format = NumberFormat(
          widths: [(high - low) / 3].filter { $0 > 0 }, digits: 3, sizes: [low, high])
        let isWhole = kind == .wholeNumbers
        let text = { (x: Double) in isWhole ? NumberFormat.whole.text(x) : format.text(x) }
        return [name, kind.rawValue, "\(text(low)) to \(text(high))"]
      }
      let count = (try? table.factor([name]).levelCount) ?? 0
      return [name, kind.rawValue, "\(count.spoken) levels"]
    }
    let dropped = fit.droppedRows > 0 ? ", \(fit.droppedRows) more left out: a cell is missing" : ""
    return .table(
      .init(
        "The columns that the model uses, of \(tableName): \(fit.rowCount.spoken) rows\(dropped)",
        columns: ["column", "cells", "values"], rows: rows, visibleRows: 16))
  }

  /// The summary; of quantities with many levels the extremes.
  func summaryBlocks() -> [Report.Block] {
    let isLong = fit.summary.rows.count > 60
    return [
      .table(
        .init(
          "Posterior mean, sd, quantiles; Monte Carlo error of the mean; effective draws; R-hat",
          columns: [
            "parameter", "mean", "sd", "5 %", "50 %", "95 %", "MCSE", "bulk-ESS", "tail-ESS",
            "R-hat",
          ], rows: fit.summary.shortRows(), visibleRows: 40))
    ]
      + (isLong
        ? [
          .prose(
            "Of quantities with more than twelve levels the extremes are shown; summary.csv has all."
          )
        ]
        : [])
  }

  /// What to do next, as commands.
  /// - Parameter folder: what stands for model and table, if anything does.
  func nextSection(_ folder: String?) -> Report.Section {
    let model = ShellWord(files.model ?? "MODEL.strata")
    let data = "--data \(ShellWord(files.table ?? "TABLE.csv"))"
    let fitted = folder.map { "\(ShellWord($0))" } ?? "\(model) \(data)"
    let other = folder == nil ? "\(model) OTHER.strata \(data)" : "\(fitted) OTHER"
    var blocks: [Report.Block] = []
    if fit.diagnostics.hasFailed {
      blocks.append(.prose("First of all, mend what the checks at the top found."))
    }
    blocks.append(
      .code(
        """
        # What the data say of the model, and what its priors do
        strata check \(fitted)

        # Which of two models predicts rows best that it has not seen
        strata compare \(other)

        # Predictions for new rows
        strata predict \(fitted) --new NEW.csv

        # What the priors allow before any outcome is seen
        strata prior \(model) \(data)

        # One picture; strata plot --help lists them
        strata plot \(fitted) density --out density.svg
        """))
    return .init("How to go on", blocks)
  }
}

extension Int {
  /// `24,856`, as the pictures write it.
  var spoken: String {
    var text = ""
    for (place, digit) in String(magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}

extension Summary {
  /// The cells of a table; of quantities with more than twelve levels the three with the highest and the three with the
  /// lowest mean, and a line for the others with the worst of their diagnostics.
  func shortRows() -> [[String]] {
    blocks.flatMap { block -> [[String]] in
      let statistics = block.map(\.statistics)
      let values = NumberFormat(values: statistics)
      let errors = NumberFormat(errors: statistics)
      func cells(_ name: String, _ s: QuantitySummary) -> [String] {
        [name] + [s.mean, s.sd, s.q5, s.q50, s.q95].map(values.text) + [errors.text(s.meanMCSE)]
          + [s.bulkESS, s.tailESS].map(NumberFormat.whole.text)
          + [NumberFormat.fixed(decimals: 3).text(s.rHat)]
      }
      guard block.count > 12 else { return block.map { cells($0.name, $0.statistics) } }
      let sorted = block.sorted { ($0.statistics.mean ?? 0) > ($1.statistics.mean ?? 0) }
      let middle = sorted.dropFirst(3).dropLast(3).map(\.statistics)
      let between =
        ["… \(middle.count.spoken) between, worst:", "", "", "", "", ""]
        + [errors.text(middle.compactMap(\.meanMCSE).max())]
        + [middle.compactMap(\.bulkESS).min(), middle.compactMap(\.tailESS).min()].map(
          NumberFormat.whole.text)
        + [NumberFormat.fixed(decimals: 3).text(middle.compactMap(\.rHat).max())]
      return sorted.prefix(3).map { cells($0.name, $0.statistics) } + [between]
        + sorted.suffix(3).map { cells($0.name, $0.statistics) }
    }
  }
}

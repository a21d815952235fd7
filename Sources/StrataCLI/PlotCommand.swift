import ArgumentParser
import Strata

/// `strata plot DIR forest a --out a.svg`: one picture, or all of the report.
struct PlotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw one picture of a fit as SVG, or write its report again.",
    discussion: """
      The pictures: \(PlotKind.allCases.map(\.rawValue).joined(separator: ", ")). Names of parameters may follow: \
      forest wants one with levels, shrinkage two, regression takes levels; without a name, the population-level \
      parameters with the fewest effective draws are drawn. model is Graphviz text if the file ends in .dot. Of a \
      model's file, model and plan need no sampling.

      Without a picture's name, report.html and all of its pictures are written, as strata fit --out does: into the \
      fit's own folder, or into --out.
      """)

  @Argument(
    help: ArgumentHelp(
      "The file with the model's text, or a folder that strata fit --out wrote: then nothing is fitted.",
      valueName: "model.strata"))
  var model: String

  @Argument(
    help: ArgumentHelp("The picture.", valueName: "picture"),
    completion: .list(PlotKind.allCases.map(\.rawValue)))
  var picture: String?

  @Argument(help: ArgumentHelp("What to draw.", valueName: "name"))
  var names: [String] = []

  @Option(
    help: ArgumentHelp(
      "The table: CSV with a header line. Not needed with a folder.", valueName: "table.csv"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The file to write; - for stdout. (default: named after the picture)", valueName: "file.svg"))
  var out: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pixels from side to side.", valueName: "count"))
  var width = "720"

  @Option(
    help: ArgumentHelp(
      "With forest: another model or folder to draw beside this one; may be repeated. With shrinkage: where the arrows begin.",
      valueName: "model.strata"))
  var beside: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With density and forest: a value to compare with.", valueName: "number"))
  var reference: String?

  @Option(
    help: ArgumentHelp(
      "With predictive: a panel for each group of rows that this column makes.", valueName: "column"
    ))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "Which outcome, as the model writes it, if there are several.", valueName: "name"))
  var outcome: String?

  @OptionGroup var sampling: SamplingArguments

  @Flag(help: "Print no progress and no notes.")
  var quiet = false

  func validate() throws { try FittedModel.requireData(data, for: [model] + beside) }

  mutating func run() async throws {
    let width = Double(try OptionReader.integer(width, "--width", in: 240...4000))
    guard let picture else { return try await writeReport(width) }
    let kind: PlotKind = try OptionReader.choice(picture, "picture")
    var request = PlotRequest(kind, names)
    request.reference = try reference.map { try OptionReader.number($0, "--reference") }
    (request.column, request.outcome) = (by, outcome)
    try request.check(others: beside.count)
    _ = try sampling.options()
    let table = try readTable()
    if let table, !Fit.isThere(in: model), let text = try unsampled(kind, table, width) {
      return try write(text)
    }
    let short = FittedModel.names(of: [model] + beside)
    let fit = try await FittedModel.fit(model, to: table, sampling, quiet: quiet)
    request.name = short[0]
    for (path, name) in zip(beside, short.dropFirst()) {
      let other = try await FittedModel.fit(path, to: table, sampling, quiet: quiet, name: path)
      request.others.append((name, other))
    }
    if kind == .model, isGraphviz {
      try write(fit.diagram.graphviz())
    } else {
      try write(try fit.plot(try request.plot()).svg(width: width))
    }
    try FittedModel.finish([fit] + request.others.map(\.fit))
  }

  private func readTable() throws -> Table? {
    try data.map { try Table(contentsOf: $0, dropMissing: sampling.planning.dropMissing) }
  }

  /// What is known of a model before it is fitted.
  private func unsampled(_ kind: PlotKind, _ table: Table, _ width: Double) throws -> String? {
    let options = try sampling.options()
    switch kind {
    case .model:
      let diagram = try Model(contentsOf: model).diagram(for: table)
      return isGraphviz ? diagram.graphviz() : diagram.svg(width: width)
    case .plan:
      let plan = try Model(contentsOf: model).plan(
        for: table, mode: options.plan, sampled: options.sampled, integrated: options.integrated)
      return plan.picture.svg(width: width)
    default: return nil
    }
  }

  private var isGraphviz: Bool { out?.hasSuffix(".dot") == true || out?.hasSuffix(".gv") == true }

  /// The report and all of its pictures.
  private func writeReport(_ width: Double) async throws {
    let given = [
      beside.first.map { ("--beside", $0) }, reference.map { ("--reference", $0) },
      by.map { ("--by", $0) }, outcome.map { ("--outcome", $0) },
    ]
    if let (option, value) = given.compactMap({ $0 }).first {
      throw OptionError(option: option, expected: "the name of a picture beside it", found: value)
    }
    let isFitted = Fit.isThere(in: model)
    guard let path = out ?? (isFitted ? model : nil), path != "-" else {
      throw OptionError(
        option: "picture",
        expected: "\(OptionReader.names(PlotKind.self)); or --out FOLDER for a report with all",
        found: out ?? "")
    }
    let folder = try OutputFolder(path)
    let fit = try await FittedModel.fit(model, to: readTable(), sampling, quiet: quiet)
    let report = FitReport(fit, folder: isFitted ? model : nil)
    try report.write(to: folder, width: width)
    if !quiet {
      let names = report.pictures.map(\.name).joined(separator: ", ")
      Terminal.printError("Wrote \(path)/report.html and, in \(path)/plots: \(names).")
    }
    try FittedModel.finish([fit])
  }

  private func write(_ text: String) throws {
    if out == "-" {
      Terminal.printOutput(text)
      return
    }
    let path = out ?? defaultName
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    let root = path.hasPrefix("/") ? "/" : "."
    try OutputFolder(folder.isEmpty ? root : folder).write(text, to: String(parts.last ?? ""))
    if !quiet { Terminal.printError("Wrote \(path).") }
  }

  /// `forest-a.svg`.
  private var defaultName: String {
    let words = ([picture ?? ""] + names).joined(separator: "-")
    return String(words.plain().prefix(80)) + ".svg"
  }
}

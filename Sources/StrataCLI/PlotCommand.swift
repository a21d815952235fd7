import ArgumentParser
import Strata

/// `strata plot MODEL.strata --data TABLE.csv forest a --out a.svg`: one picture.
struct PlotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Fit a model and draw one picture of the fit, as SVG.",
    discussion: """
      The pictures: \(PlotKind.allCases.map(\.rawValue).joined(separator: ", ")). Names of parameters may follow: \
      forest wants one with levels, regression takes levels; without a name, the population-level parameters with the \
      fewest effective draws are drawn. model and plan need no sampling; model as Graphviz text if the file ends in \
      .dot. strata fit --out makes a report with the pictures that belong together.
      """)

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Argument(
    help: ArgumentHelp("The picture.", valueName: "picture"),
    completion: .list(PlotKind.allCases.map(\.rawValue)))
  var picture: String

  @Argument(help: ArgumentHelp("What to draw.", valueName: "name"))
  var names: [String] = []

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "The file to write; - for stdout. (default: named after the picture)", valueName: "file.svg"))
  var out: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pixels from side to side.", valueName: "count"))
  var width = "720"

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

  mutating func run() async throws {
    let kind: PlotKind = try OptionReader.choice(picture, "picture")
    let plot = try kind.plot(names, outcome: outcome, by: by)
    let width = Double(try OptionReader.integer(width, "--width", in: 240...4000))
    let options = try sampling.options()
    let text = try Model(contentsOf: model)
    let table = try Table(contentsOf: data)
    if kind == .model {
      let diagram = try text.diagram(for: table, dropMissing: options.dropMissing)
      let isGraphviz = out?.hasSuffix(".dot") == true || out?.hasSuffix(".gv") == true
      return try write(isGraphviz ? diagram.graphviz() : diagram.svg(width: width))
    }
    if kind == .plan {
      let table = options.dropMissing ? try Table(contentsOf: data, dropMissing: true) : table
      let plan = try text.plan(
        for: table, mode: options.plan, sampled: options.sampled, integrated: options.integrated)
      return try write(plan.picture.svg(width: width))
    }
    let fit = try await FittedModel.fit(text, to: table, options, quiet: quiet)
    try write(try fit.plot(plot).svg(width: width))
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
    let words = ([picture] + names).joined(separator: "-")
    let letters = words.map {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "-"
    }
    return String(letters.prefix(80)) + ".svg"
  }
}

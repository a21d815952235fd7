import ArgumentParser
import Strata

/// `strata predict MODEL.strata --data TABLE.csv [--new NEW.csv]`: predictions for rows that were fitted or for others.
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Fit a model and predict its outcome, for the rows of the table or for new ones.",
    discussion: """
      Prints mean, sd and an interval of the posterior predictive distribution of every row. New rows need the \
      columns that the outcome's line uses, not the outcome.
      """)

  @OptionGroup var fitted: FittedModel

  @Option(
    help: ArgumentHelp(
      "The rows to predict; without it, those of the fit.", valueName: "new.csv"))
  var new: String?

  @Option(
    help: ArgumentHelp(
      "Groups of the new rows: known ones only, also new ones, or none (group effects at their mean): \(OptionReader.names(PredictedGroups.self)).",
      valueName: "name"),
    completion: .list(PredictedGroups.allCases.map(\.rawValue)))
  var groups = PredictedGroups.knownLevels.rawValue

  @Flag(help: "Predict the outcome's mean, without the noise of a single row.")
  var mean = false

  @Option(
    help: ArgumentHelp(
      "Which outcome, as the model writes it, if there are several.", valueName: "name"))
  var outcome: String?

  @Option(
    help: ArgumentHelp(
      "Predict a quantity of the model that has a value for each row.", valueName: "name"))
  var quantity: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The probability of the interval.", valueName: "number"))
  var probability = "0.9"

  @Option(
    help: ArgumentHelp("Also write predictions.csv into this folder.", valueName: "folder"))
  var out: String?

  mutating func run() async throws {
    let probability = try OptionReader.fraction(probability, "--probability")
    let groups: PredictedGroups = try OptionReader.choice(groups, "--groups")
    if let quantity, mean || outcome != nil {
      throw OptionError(
        option: "--quantity", expected: "neither --mean nor --outcome beside it", found: quantity)
    }
    let table = try new.map { try Table(contentsOf: $0) }
    let folder = try out.map { try OutputFolder($0) }
    let fit = try await fitted.fit()
    let what: PredictedQuantity =
      quantity.map { .quantity($0) } ?? (mean ? .mean(outcome) : .outcome(outcome))
    let predictions = try fit.predict(table, for: groups, of: what)
    let result = try PredictionTable(predictions, probability: probability)
    Terminal.printOutput(fitted.json ? try result.json() : "\(result)")
    if !fitted.quiet, !predictions.newLevels.isEmpty {
      Terminal.printError(
        "\nNew levels, drawn from the population: "
          + predictions.newLevels.joined(separator: ", ") + ".")
    }
    if let folder { try result.write(to: folder) }
    try FittedModel.finish([fit])
  }
}

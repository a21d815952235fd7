/// Why rows cannot be predicted.
public enum PredictionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A row belongs to a group that the fit has not seen; so many groups are new.
  case unseenLevel(
    at: RowLocation, columns: [String], level: String, nearest: String?, count: Int)
  /// The model has a parameter for each row, and the rows are new.
  case newRows(at: RowLocation)
  /// The new table lacks a column that makes groups.
  case missingGroup(table: String, column: String, parameter: String, columns: [String])
  /// There is no such outcome, or several to choose from.
  case outcome(asked: String?, outcomes: [String])
  /// The rows' outcomes are needed, and the table does not have them.
  case noOutcome(table: String, outcome: String)
  /// A group effect that can't be integrated out of the likelihood of its group.
  case notIntegrated(parameter: String, columns: [String])
  /// No group effect, or more than three for each group.
  case effectCount(Int, columns: [String])
  /// Probabilities of counts are asked of something else.
  case notCounts(String)
  /// More numbers than memory holds.
  case tooLarge(rows: Int, draws: Int)

  /// What was expected, what came, where, and what to do.
  public var description: String {
    switch self {
    case .unseenLevel(let place, let columns, let level, let nearest, let count):
      let spelling = nearest.map { ": did you mean \"\($0)\"?" } ?? "."
      let more = count > 1 ? " (\(count) levels are new)" : ""
      return """
        \(place): the fit has not seen the level "\(level)" of `\(columns.joined(separator: ", "))`\(more)\
        \(spelling) To draw the effects of new groups from the population, predict for new levels (--groups new); \
        to leave group effects at their mean, for the population (--groups population).
        """
    case .newRows(let place):
      return """
        \(place): the model has a parameter for each row, and the fit has not seen this one. To draw those of \
        new rows from their prior, predict for new levels (--groups new); to leave them at their mean, for the \
        population (--groups population).
        """
    case .missingGroup(let table, let column, let parameter, let columns):
      return """
        \(table) has no column `\(column)`, which `\(parameter)` needs (it has \
        \(columns.joined(separator: ", "))): add it, or predict for the population (--groups population).
        """
    case .outcome(let asked?, let outcomes):
      return """
        the model has no outcome `\(asked)`: it has \
        \(outcomes.map { "`\($0)`" }.joined(separator: ", ")).
        """
    case .outcome(nil, let outcomes):
      return outcomes.isEmpty
        ? "the model has no outcome: there is nothing to predict."
        : """
        the model has \(outcomes.count) outcomes, \
        \(outcomes.map { "`\($0)`" }.joined(separator: ", ")): say which one is meant.
        """
    case .noOutcome(let table, let outcome):
      return "\(table) has no complete column for the outcome `\(outcome)`, which this needs."
    case .notIntegrated(let parameter, let columns):
      return """
        `\(parameter)` cannot be integrated out of the likelihood of the groups of \
        `\(columns.joined(separator: ", "))`: its prior is improper, or its bounds are parameters.
        """
    case .effectCount(let count, let columns):
      let groups = columns.map { "`\($0)`" }.joined(separator: ", ")
      return count == 0
        ? "the model has no effects of \(groups) to integrate out."
        : "the model has \(count) effects for each group of \(groups); at most three can be integrated out."
    case .notCounts(let name):
      return """
        only an outcome that is a count (Bernoulli, Binomial, Poisson, NegBinomial) has probabilities of counts, and \
        `\(name)` is none: ask for the probability of a statement about it.
        """
    case .tooLarge(let rows, let draws):
      return """
        \(draws) draws of \(rows) rows do not fit into memory: go through them draw by draw, or predict \
        fewer rows.
        """
    }
  }
}

/// What a model meets a table for.
enum BindingPurpose {
  /// To infer its parameters. Outcomes given here, by the number of their line, stand for those of the table.
  case fit(outcomes: [Int: [Double]])
  /// To draw parameters and outcomes from their priors: outcomes need not be in the table.
  case simulation
  /// To predict rows, given the model as it was fitted.
  case prediction(Prediction)

  /// What is predicted.
  struct Prediction {
    /// The model as it was fitted.
    var fitted: BoundModel
    var groups: PredictedGroups
    /// If the table is part of the fitted one, the number of its first row there.
    var firstFittedRow: Int?
  }

  var prediction: Prediction? {
    if case .prediction(let prediction) = self { prediction } else { nil }
  }

  /// Whether the table's own outcomes are looked at.
  var hasOwnOutcomes: Bool {
    if case .fit(let outcomes) = self { outcomes.isEmpty } else { false }
  }

  /// Whether all parameters are drawn from their priors.
  var isSimulation: Bool {
    if case .simulation = self { true } else { false }
  }

  /// Whether parameters are inferred: they then have bounds, and every line is checked.
  var isFit: Bool {
    if case .fit = self { true } else { false }
  }
}

/// Which groups the rows of a new table may belong to.
public enum PredictedGroups: String, Sendable, CaseIterable {
  /// Those of the fit alone: any other is an error.
  case knownLevels = "known"
  /// Also others: their effects are drawn from the population's distribution, anew for each draw.
  case newLevels = "new"
  /// None in particular: every group effect is at its mean (a Cauchy's at its median). The columns that make groups
  /// need not be there.
  case population
}

/// Where a parameter's values come from when another table is predicted.
package struct ParameterOrigin: Sendable {
  /// The fitted quantity.
  package var quantity: String
  /// For each element the element of the fitted quantity, −1 where it is drawn from its prior.
  package var elements: [Int32]
  /// The levels that the fit has not seen.
  package var newLevels: [String]
}

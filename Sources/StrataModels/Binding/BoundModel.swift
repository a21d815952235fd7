package import StrataKernels

/// A model with its table: every name resolved, every rule checked, the arithmetic as a graph.
package struct BoundModel: Sendable {
  /// How a parameter is made from unconstrained numbers.
  package enum Transform: Sendable {
    case unbounded
    case lower(Graph.Node)
    case upper(Graph.Node)
    case interval(Graph.Node, Graph.Node)
    /// Positive, in coordinates that go smoothly through zero: both signs of a coordinate u mean the same value,
    /// unit |sinh u|, continued as a parabola from |u| = limit on.
    case folded(unit: Double, limit: Double)
  }

  /// A parameter: a scalar, one per level, or one per column.
  package struct Parameter: Sendable {
    package var name: String
    package var domain: Domain
    package var transform: Transform
    package var node: Graph.Node
    /// Where its values come from, in a model that is bound to predict.
    package var origin: ParameterOrigin?
  }

  /// A term of the log density: a prior, or the likelihood of an observed line.
  package struct Density: Sendable {
    package var family: DensityFamily
    package var variate: Graph.Node
    package var arguments: [Graph.Node]
    package var domain: Domain
    /// The part that depends on data alone.
    package var constant: Double
    /// The target as the model writes it.
    package var subject: String
    /// Whether the variate is the size of a number from the family.
    package var isHalf = false
  }

  /// An observed line, or one that would be observed.
  package struct Outcome: Sendable {
    /// The target as the model writes it.
    package var subject: String
    /// The line's number among the model's statements.
    package var statement: Int
    package var family: DensityFamily
    /// In rows, or scalars.
    package var arguments: [Graph.Node]
    /// Whether it is the size of a number from the family.
    package var isHalf: Bool
    /// Whether it is a whole number.
    package var isDiscrete: Bool { family.isDiscrete }
    /// Row by row; nil where the table does not have them.
    package var values: [Double]?
    /// What the change from the column to the target adds to the log density of each row; empty for a column as it is.
    package var logJacobians: [Double]
  }

  /// A parameter or deterministic quantity as the user sees it.
  package struct Quantity: Sendable {
    package var name: String
    package var domain: Domain
    package var node: Graph.Node
    package var isDeterministic: Bool
  }

  /// Group effects of one factor whose standardised values are correlated. The densities say the same as one prior after
  /// the other, each given those before it.
  package struct Correlations: Sendable {
    /// Indices into ``BoundModel/parameters``.
    package var parameters: [Int]
    /// Of each effect alone.
    package var means: [Graph.Node]
    package var sds: [Graph.Node]
    /// What each effect is given those before it, less its mean and over its sd.
    package var standardised: [Graph.Node]
    /// Row by row, below the diagonal: scalars.
    package var correlations: [[Graph.Node]]
  }

  package var model: Model
  package var roles: Roles
  package var graph: Graph
  /// The table, its factors, and the sizes of domains.
  package var layout: Domains { graph.layout }
  /// In the order in which they stand in the position: what a bound needs comes before it.
  package var parameters: [Parameter]
  package var densities: [Density]
  package var outcomes: [Outcome] = []
  /// What a plan makes of Normal rows.
  package var normalGroups: [NormalGroups] = []
  package var normalRests: [NormalRest] = []
  /// What a plan makes of NegBinomial rows.
  package var risings: [RisingSum] = []
  package var tails: [NegBinomialTail] = []
  /// What a plan integrates out exactly.
  package var gaussian: GaussianMarginal?
  package var conjugates: [ConjugateGroups] = []
  /// Parameters that are not sampled, by their index: a plan integrates them out.
  package var integrated: Set<Int> = []
  /// Group effects whose coordinates lie between centred and non-centred ones; their priors are not among the
  /// densities.
  package var effects: [GroupEffects] = []
  /// The parameters with a lower bound that are the spread of effects written, and sampled, non-centred.
  package var writtenSpreads: Set<Int> = []
  /// Added to the log density.
  package var constant = 0.0
  /// Scalars first, then the groups, each in the order of the text.
  package var quantities: [Quantity]
  /// Deterministic quantities with a value for each row: not reported, but to be predicted.
  package var rowQuantities: [Quantity] = []
  package var correlations: [Correlations] = []
  /// Things worth knowing that are no errors.
  package var notes: [String]
  /// Rows left out because a used cell was missing.
  package var droppedRows: Int
}

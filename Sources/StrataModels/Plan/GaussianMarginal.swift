internal import StrataKernels

/// What is integrated out exactly: Normal group effects over one factor, and the coefficients (the *border*) that
/// enter the same Normal likelihoods, as the kernels want it.
package struct GaussianMarginal: Sendable {
  /// An effect: where it stands, and how it is made when drawn.
  struct Effect: Sendable {
    var parameter: Int
    /// The scale of its part of the mean: a scalar, or one per level.
    var scale: Graph.Node
    /// The sd of its prior.
    var sd: Graph.Node
    var offset: [Double]?
    var terms: [GaussianEffect.Term]
    /// The size at which the data begin to tell the effect from zero.
    var resolution: Double?
  }

  /// Rows of the border with their sd.
  struct BorderRows: Sendable {
    enum SD: Sendable, Hashable {
      /// The residual scale of this number.
      case residual(Int)
      /// A scalar.
      case own(Graph.Node)
    }

    var rows: GaussianBorderRows
    var sd: SD
  }

  /// The correlation of two effects: a scalar.
  struct Correlation: Sendable {
    /// Numbers among the effects, the first less than the second.
    var first: Int
    var second: Int
    var value: Graph.Node
  }

  /// The factor of the effects; nil if there are none.
  var domain: Domain?
  var effects: [Effect]
  var correlations: [Correlation] = []
  /// Parameters whose elements are columns of the border, with the first of them.
  var border: [(parameter: Int, start: Int)]
  var system: GaussianSystem
  /// Vectors of residual scales; scales are numbered one after the other.
  var sigmas: [Graph.Node]
  /// The number of each group's residual scale; nil if there is one.
  var classes: [Int32]?
  var givens: [Graph.Node]
  var borderRows: [BorderRows]
  var basis: [Double]?
  /// Whether effects are drawn; else only the border is.
  var drawsEffects = true

  /// The scales of correlated effects. Unlike the others' their sign would matter.
  var correlatedScales: Set<Graph.Node> {
    Set(
      correlations.flatMap { [$0.first, $0.second] }.flatMap {
        [effects[$0].scale, effects[$0].sd]
      })
  }

  /// What has to be computed before it.
  var nodes: [Graph.Node] {
    sigmas + givens + effects.flatMap { [$0.scale, $0.sd] }
      + correlations.map(\.value)
      + borderRows.compactMap { if case .own(let node) = $0.sd { node } else { nil } }
  }

  /// Where the values of each integrated parameter start among the numbers of a draw.
  var drawnStarts: [(parameter: Int, start: Int)] {
    let coefficients = border.map { ($0.parameter, $0.start) }
    guard drawsEffects else { return coefficients }
    return coefficients
      + effects.enumerated().map {
        ($0.element.parameter, system.borderCount + $0.offset * system.groupCount)
      }
  }
}

public import StrataCharts

/// Which picture of a fit to make.
///
/// ```swift
/// let fit = try await model.fit(to: table)
/// let picture = try fit.plot(.forest("a"))
/// print(picture.svg(width: 720))
/// ```
///
/// Names are those of the model: a quantity, `a`, means its levels, `a[AITKIN]` is one of them. Where no names are given,
/// the population-level parameters with the fewest effective draws are taken: they tell most about a run.
public struct FitPlot: Sendable {
  let make: @Sendable (PlotSource) throws -> any Chart

  init(_ make: @escaping @Sendable (PlotSource) throws -> any Chart) { self.make = make }
}

extension Fit {
  /// A picture of the fit, a value that renders to SVG.
  /// - Throws: ``UnknownParameter`` with the nearest name, ``DrawsNotKept``, ``PlotError`` for what this fit has no
  ///   picture of, ``PredictionError``.
  public func plot(_ plot: FitPlot) throws -> any Chart { try plot.make(PlotSource(self)) }
}

/// A picture that a fit can't give.
public struct PlotError: Error, Equatable, CustomStringConvertible {
  /// The picture asked for.
  public var picture: String
  /// What the fit lacks, and what to do.
  public var reason: String

  init(_ picture: String, _ reason: String) {
    self.picture = picture
    self.reason = reason
  }

  /// `no picture of energy: …`.
  public var description: String { "no picture of \(picture): \(reason)" }
}

public import StrataModels
import StrataSampling

/// The point of highest posterior density.
public struct PosteriorMode: Sendable {
  /// Parameters and deterministic quantities, in the order of a fit's summary.
  public let parameterNames: [String]
  /// Their values at the mode.
  public let values: [Double]
  /// The log posterior density there, all constants kept, up to the evidence.
  public let logDensity: Double
  /// Evaluations of the gradient.
  public let evaluations: Int

  /// The value of one parameter; nil if there is none of that name.
  public subscript(name: String) -> Double? {
    parameterNames.firstIndex(of: name).map { values[$0] }
  }
}

extension Model {
  /// The mode of the posterior in the parameters themselves (no Jacobian), as Stan and PyMC mean it.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - seed: of the jittered start.
  ///   - dropMissing: leave out rows with a missing cell in a used column; otherwise such a cell is an error.
  /// - Throws: ``ModelError``, ``TableError`` as for a fit; ``SamplingError`` if the density is unbounded,
  ///   as that of a hierarchical model is where a group's scale goes to 0, or if no mode is found.
  public func mode(of table: Table, seed: UInt64 = 1, dropMissing: Bool = false) throws
    -> PosteriorMode
  {
    let density = PosteriorDensity(try bound(to: table, dropMissing: dropMissing), jacobian: false)
    let mode = try findMode(of: density, configuration: try ModeConfiguration(seed: seed))
    return PosteriorMode(
      parameterNames: density.reportedNames, values: mode.reported, logDensity: mode.logDensity,
      evaluations: mode.evaluations)
  }
}

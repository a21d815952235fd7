import StrataModels

/// A parameter whose draws a fit was told not to keep.
public struct DrawsNotKept: Error, Equatable, CustomStringConvertible {
  /// The name asked for.
  public var name: String
  /// Whether its mean and sd are in the summary.
  public var hasMean: Bool

  /// Of a quantity with levels.
  init(quantity: String, hasMean: Bool) {
    name = "\(quantity)[…]"
    self.hasMean = hasMean
  }

  /// Nil for a name that the fit doesn't know at all.
  init?(_ name: String, among names: [String], _ leftOut: [String]) {
    self.name = name
    hasMean = names.contains(name)
    let quantity = name.prefix { $0 != "[" }
    guard hasMean || leftOut.contains(name) || leftOut.contains(String(quantity)) else {
      return nil
    }
  }

  /// `of "b[HENNEPIN]" only the mean and the sd were kept: fit with effects draws to keep its draws`.
  public var description: String {
    hasMean
      ? "of \"\(name)\" only the mean and the sd were kept: fit with effects draws to keep its draws"
      : "\"\(name)\" was integrated out and not drawn: fit with effects draws to have its draws"
  }
}

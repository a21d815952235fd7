/// A sum over observations with its standard error.
public struct Estimate: Sendable, Hashable {
  /// Σ x_i.
  public var value: Double
  /// √n · sd(x), the observations taken as a sample; NaN for fewer than two.
  public var standardError: Double

  /// The sum of pointwise values, 0 for none. NaN where one of them is.
  public init(summing pointwise: [Double]) {
    value = pointwise.isEmpty ? 0 : Moments.mean(pointwise) * Double(pointwise.count)
    standardError = (Double(pointwise.count) * Moments.variance(pointwise)).squareRoot()
  }
}

/// The limits at which a diagnostic counts as failed.
public enum DiagnosticLimits {
  /// A larger fraction of divergent draws is a failure; a smaller one, down to a single draw, is
  /// noted.
  public static let divergentFraction = 0.001
  /// Bulk- and tail-ESS below this are a failure: R-hat and ESS themselves can't be trusted with
  /// less (100 for each of four chains). Source: [Vehtari2021].
  public static let effectiveSampleSize = 400.0
  /// E-BFMI of a chain below this is a failure. Source: [Betancourt2016], and Stan's own limit.
  public static let energyBFMI = 0.3
  /// R-hat above this is a failure if chance does not explain it. Source: [Vehtari2021].
  public static let rHat = 1.01
  /// Probability that any of the R-hats of one converged run is called a failure by chance. It is
  /// shared out evenly over the parameters (Bonferroni).
  public static let rHatChance = 1e-4
}

/// Why a quantity has no R-hat and no ESS.
public enum UndefinedReason: Error, Sendable, Hashable {
  /// No chain, chains without draws, or chains of different lengths.
  case noDraws
  /// A draw is NaN, infinite, or beyond 1e290 in size (where sums overflow): means and variances
  /// do not exist.
  case notFinite
  /// All draws are the same number, up to rounding: there is no variance to compare.
  case constant
  /// Fewer than six draws per chain: half a chain is too short for an autocorrelation.
  case tooFewDraws
  /// Only the mean and sd of the draws were kept.
  case notKept
}

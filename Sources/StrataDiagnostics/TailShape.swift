/// How heavy a distribution's tails are, and which moments its draws can tell.
///
/// A tail with survival function x^(−1/k) has moments of orders below 1/k: no variance from k = 1/2 on, no mean from
/// k = 1 on. Draws of such a quantity have a mean and an sd all the same, whose sizes are those of the few largest draws.
///
/// A mean of draws of h can be trusted up to a Pareto k of 0.7 of h's tail [Vehtari2024]. The squares have twice the k of
/// the quantity, so that its mean is given up to ``meanLimit`` and its sd, with what follows from it, up to
/// ``sdLimit``: beyond, the error of the sd is infinite, also where a variance exists.
public enum TailShape {
  /// Pareto k beyond which draws do not tell the mean.
  public static let meanLimit = 0.7
  /// Pareto k beyond which draws do not tell the sd: half of ``meanLimit``.
  public static let sdLimit = 0.35
  /// A k from a shorter tail says too little: with 64 draws its standard error is (1 + k) / 8.
  static let leastTail = 64

  /// Pareto k of the heavier tail, of the largest and smallest ⌈3 √(S / r)⌉ of S draws, r their relative efficiency.
  /// As `pareto_khat` of the R package posterior.
  ///
  /// - Parameters:
  ///   - sorted: all draws, ascending and finite.
  ///   - relativeEfficiency: effective per nominal draws in the tails.
  /// - Returns: nil for fewer than 320 draws, and where no tail can be fitted: most draws of it are equal.
  static func paretoK(ofSorted sorted: [Double], relativeEfficiency: Double) -> Double? {
    let total = Double(sorted.count)
    let efficiency = ParetoSmoothing.valid(relativeEfficiency)
    let length = Int(min(0.2 * total, 3 * (total / efficiency).squareRoot()).rounded(.up))
    guard length >= leastTail else { return nil }
    let largest = sorted.count - 1
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { exceedances in
      func fitted(_ exceedance: (Int) -> Double) -> Double? {
        for i in 0..<length { exceedances[i] = exceedance(i) }
        guard exceedances[length - 1] > 0 else { return nil }
        let shape = GeneralizedPareto(ascending: UnsafeBufferPointer(exceedances)).shape
        return shape.isFinite ? shape : nil
      }
      let (low, high) = (sorted[length], sorted[largest - length])
      let shapes = [
        fitted { sorted[largest - length + 1 + $0] - high },
        fitted { low - sorted[length - 1 - $0] },
      ]
      return shapes.compactMap { $0 }.max()
    }
  }
}

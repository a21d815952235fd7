/// Central differences with two Richardson steps: the derivative of `f` at 0 with an error of order h^6.
///
/// - Returns: the derivative, and an estimate of its error: the difference of the last two steps plus the
///   rounding of `f`, at most `rounding` for each of its values.
package func derivative(step h: Double = 0.02, rounding: Double, of f: (Double) -> Double) -> (
  value: Double, error: Double
) {
  func central(_ h: Double) -> Double { (f(h) - f(-h)) / (2 * h) }
  let (a, b, c) = (central(h), central(h / 2), central(h / 4))
  let (ab, bc) = ((4 * b - a) / 3, (4 * c - b) / 3)
  let value = (16 * bc - ab) / 15
  return (value, abs(value - bc) + 8 * rounding / h)
}

/// Kolmogorov's statistic D of a sample against a distribution function, times sqrt n + 0.12 + 0.11 / sqrt n
/// (Stephens' correction): above 1.95 with probability 1e-3, above 2.46 with 1e-5, above 2.92 with 1e-7.
package func kolmogorov(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
  let sorted = sample.sorted()
  let n = Double(sorted.count)
  var largest = 0.0
  for (i, x) in sorted.enumerated() {
    let p = distribution(x)
    largest = max(largest, p - Double(i) / n, Double(i + 1) / n - p)
  }
  return largest * (n.squareRoot() + 0.12 + 0.11 / n.squareRoot())
}

/// Pearson's chi-square statistic as a normal deviate (Wilson and Hilferty), cells with fewer than 10
/// expected joined with their neighbour: above 3.1 with probability 1e-3, above 5.2 with 1e-7.
package func chiSquareDeviate(observed: [Int], expected: [Double]) -> Double {
  var (cells, total) = (0, 0.0)
  var (o, e) = (0.0, 0.0)
  for (count, mean) in zip(observed, expected) {
    o += Double(count)
    e += mean
    if e >= 10 {
      total += (o - e) * (o - e) / e
      cells += 1
      (o, e) = (0, 0)
    }
  }
  let k = Double(max(cells - 1, 1))
  let root = 2 / (9 * k)
  return (cubeRoot(total / k) - (1 - root)) / root.squareRoot()
}

/// The cube root of a positive number, by Newton's method from above.
private func cubeRoot(_ x: Double) -> Double {
  guard x > 0 else { return 0 }
  var y = max(x, 1)
  for _ in 0..<200 { y -= (y * y * y - x) / (3 * y * y) }
  return y
}

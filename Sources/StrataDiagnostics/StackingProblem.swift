#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Maximises the mean over i of log Σ_k w_k p_ik over weights w >= 0 with Σ w = 1.
///
/// Without the constraint on the sum, f(w) − Σ w has the same optimum (f grows by log c when w
/// grows by a factor c), with the conditions
///
///     g_k = (1/n) Σ_i p_ik / (p_i · w),   s_k = 1 − g_k >= 0,   w_k s_k = 0.
///
/// A primal–dual interior-point method follows w_k s_k = μ as μ falls. The gap to the optimum is
/// at most max_k g_k − 1 once Σ w = 1, since f is concave and g · w = 1; that bound ends the
/// iteration. Sources: [Kim2020] for the form, [NocedalWright2006] ch. 19 for the method.
struct StackingProblem {
  /// p_ik, row after row, each row divided by its largest value.
  private let densities: [Double]
  private let models: Int
  private let observations: Int
  private static let tolerance = 1e-10

  /// - Parameter elpd: one array per model, all of the same length and finite.
  init(_ elpd: [[Double]]) {
    let (count, rows) = (elpd.count, elpd[0].count)
    models = count
    observations = rows
    var densities: [Double] = []
    densities.reserveCapacity(count * rows)
    for i in 0..<rows {
      var top = -Double.infinity
      for model in elpd { top = max(top, model[i]) }
      for model in elpd { densities.append(exp(model[i] - top)) }
    }
    self.densities = densities
  }

  /// The weights, those under 1e-8 set to 0.
  func solve() -> [Double] {
    var w = [Double](repeating: 1 / Double(models), count: models)
    var s = [Double](repeating: 1, count: models)
    for _ in 0..<200 {
      let (gradient, hessian) = derivatives(w)
      let normalised = w.map { $0 / w.reduce(0, +) }
      let complementarity = zip(w, s).reduce(0) { $0 + $1.0 * $1.1 } / Double(models)
      if complementarity < 1e-3, derivatives(normalised).gradient.max()! - 1 < Self.tolerance {
        w = normalised
        break
      }
      // (H + S/W) dw = g + μ/w − 1, and ds from the linearised products.
      let mu = 0.1 * complementarity
      var matrix = hessian
      for k in 0..<models { matrix[k * models + k] += s[k] / w[k] }
      let step = Self.solved(matrix, (0..<models).map { gradient[$0] - 1 + mu / w[$0] })
      let dual = (0..<models).map { mu / w[$0] - s[$0] - s[$0] / w[$0] * step[$0] }
      let length = min(Self.longest(w, step), Self.longest(s, dual))
      for k in 0..<models {
        w[k] += length * step[k]
        s[k] += length * dual[k]
      }
    }
    w = w.map { $0 < 1e-8 * w.reduce(0, +) ? 0 : $0 }
    let sum = w.reduce(0, +)
    return w.map { $0 / sum }
  }

  /// Gradient g, and the negative Hessian (1/n) Σ p_i p_iᵀ / (p_i · w)², row after row.
  func derivatives(_ w: [Double]) -> (gradient: [Double], hessian: [Double]) {
    var gradient = [Double](repeating: 0, count: models)
    var hessian = [Double](repeating: 0, count: models * models)
    densities.withUnsafeBufferPointer { densities in
      for i in 0..<observations {
        let p = UnsafeBufferPointer(rebasing: densities[i * models..<(i + 1) * models])
        var mixture = 0.0
        for k in 0..<models { mixture += p[k] * w[k] }
        for k in 0..<models {
          let a = p[k] / mixture
          gradient[k] += a / Double(observations)
          for j in 0...k { hessian[k * models + j] += a * p[j] / mixture / Double(observations) }
        }
      }
    }
    for k in 0..<models { for j in 0..<k { hessian[j * models + k] = hessian[k * models + j] } }
    return (gradient, hessian)
  }

  /// The part of a step that keeps x positive, at most 1.
  private static func longest(_ x: [Double], _ step: [Double]) -> Double {
    zip(x, step).reduce(1) { $1.1 < 0 ? min($0, -0.995 * $1.0 / $1.1) : $0 }
  }

  /// Solves a x = b by Cholesky's decomposition; a is symmetric and positive definite.
  private static func solved(_ a: [Double], _ b: [Double]) -> [Double] {
    let n = b.count
    var (l, x) = (a, b)
    for j in 0..<n {
      for k in 0..<j { l[j * n + j] -= l[j * n + k] * l[j * n + k] }
      // Equal models leave only rounding here.
      l[j * n + j] = max(l[j * n + j], 1e-14 * a[j * n + j]).squareRoot()
      for i in stride(from: j + 1, to: n, by: 1) {
        for k in 0..<j { l[i * n + j] -= l[i * n + k] * l[j * n + k] }
        l[i * n + j] /= l[j * n + j]
      }
    }
    for i in 0..<n {
      for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
      x[i] /= l[i * n + i]
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
      for k in stride(from: i + 1, to: n, by: 1) { x[i] -= l[k * n + i] * x[k] }
      x[i] /= l[i * n + i]
    }
    return x
  }
}

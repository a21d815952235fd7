import StrataModels
import StrataSampling
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Gaussian models of shapes that random ones do not have: columns that are nearly collinear, groups with fewer rows than
/// effects, prior means of effects that are multiplied by a scale, given coefficients, several lines.
@Suite struct GaussianShapeTests {
  static func table() throws -> Table {
    var random = RandomStream(seed: 8)
    // Five groups of one row, two of two, then larger ones; nine in all, so that the second vector of 8 has one.
    let group = [0, 1, 2, 3, 4, 5, 5, 6, 6] + (0..<24).map { 7 + $0 % 2 }
    let rows = group.indices
    let other = rows.map { $0 * $0 % 3 }
    return try Table([
      "g": .wholeNumbers(group), "h": .wholeNumbers(group.map { $0 / 4 }),
      "other": .wholeNumbers(other), "so": .numbers(other.map { 0.5 + Double($0) }),
      "u": .numbers(group.map { Double($0 * $0 % 7) / 3 }),
      "year": .wholeNumbers(rows.map { 2000 + $0 * 5 % 9 }),
      // Zero in a group of many rows.
      "x": .numbers(group.map { $0 == 7 ? 0 : random.normal() }),
      "raised": .numbers(rows.map { 2 + Double($0 % 5) / 4 }),
      "w": .numbers(rows.map { _ in random.normal() }),
      "v": .numbers(rows.map { _ in random.normal() }),
      "s": .numbers(rows.map { _ in 0.5 + random.uniform() }),
      "y": .numbers(group.map { 0.2 * Double($0) + random.normal() }),
    ])
  }

  private static let scales = "e ~ HalfNormal(2)\nt ~ HalfNormal(1)\nq ~ HalfNormal(1)\n"

  static let texts = [
    // Intercept and year.
    "m ~ Flat()\nd ~ Normal(0, 1)\na[g] ~ Normal(0, t)\ny ~ Normal(m + d * year + a[g], e)",
    "m ~ Normal(1, 3)\nd ~ Flat()\ny ~ Normal(m + d * year, e)",
    """
    m ~ Normal(1, 3)
    d ~ Normal(0, 1)
    k ~ StudentT(4, 0, 1)
    a[g] ~ Normal(k, t)
    c[g] ~ Normal(0, q)
    y ~ Normal(m + d * year + k * w + a[g] + c[g] * x, e)
    """,
    """
    beta[columns: year, x, w] ~ Normal(0.3, t)
    m ~ Normal(0, 5)
    p ~ Normal(0, 1)
    a[g] ~ Normal(p + p * u, q)
    y ~ Normal(m + dot(beta) + a[g], e)
    """,
    """
    m ~ Flat()
    d ~ Normal(0.1, q)
    a[g] ~ Normal(0, t)
    b[g] ~ Normal(1, t)
    c[g] ~ Normal(0, 1)
    y ~ Normal(m + d * year + a[g] + b[g] * x + c[g] * w, e)
    """,
    // Prior means of effects that a scale multiplies.
    "z[g] ~ Normal(0.7, 1)\ny ~ Normal(1 + t * z[g], e)",
    "k ~ Cauchy(0, 1)\nz[g] ~ Normal(k * u - 1, 2)\nm ~ Normal(0, 1)\ny ~ Normal(m + t * z[g], e)",
    """
    k ~ Cauchy(0, 1)
    z[g] ~ Normal(k + u, q)
    c[g] ~ Normal(k, 1)
    y ~ Normal(t * z[g] + c[g] * x + k, e)
    """,
    "k ~ Cauchy(0, 1)\nz[g] ~ Normal(u, 1)\ny ~ Normal(k * z[g] - t * u, e)",
    // Intercept and slope on a column that is not centred in its groups.
    "a[g] ~ Normal(0, 2)\nc[g] ~ Normal(0, 1)\ny ~ Normal(a[g] + c[g] * raised, 0.8)",
    // Fewer rows than effects, and more than two effects.
    "a[g] ~ Normal(0, t)\nb[g] ~ Normal(0, q)\nc[g] ~ Normal(1, 1)\ny ~ Normal(a[g] + b[g] * x + c[g] * w, e)",
    """
    k ~ Cauchy(0, 1)
    m ~ Normal(0, 1)
    a[g] ~ Normal(m + k, t)
    b[g] ~ Normal(k, q)
    c[g] ~ Normal(1, 1)
    d[g] ~ Normal(m, t)
    y ~ Normal(a[g] + b[g] * x + c[g] * w + d[g] * v + k * s + m * w, e)
    """,
    """
    k ~ Cauchy(0, 1)
    r[other] ~ HalfNormal(1)
    a[g] ~ Normal(k, t)
    b[g] ~ Normal(0.5, q)
    y ~ Normal(a[g] + b[g] * x + k * w, r[other])
    """,
    "r[row] ~ HalfNormal(1)\na[g] ~ Normal(0.5, t)\ny ~ Normal(a[g], r[row])",
    "a[row] ~ Normal(0.4, t)\ny ~ Normal(a[row], s)",
    // Residual scales per group, with coefficients beside.
    """
    m ~ Normal(0, 1)
    k ~ Cauchy(0, 1)
    r[g] ~ HalfNormal(1)
    a[g] ~ Normal(m, t)
    b[g] ~ Normal(m * u + k, 0.7)
    y ~ Normal(a[g] + b[g] * x + k * w + m * s, r[g])
    """,
    // Scales of effects that differ between levels.
    """
    f[h] ~ HalfNormal(1)
    a[g] ~ Normal(0.2, f[h] * t)
    b[g] ~ Normal(0, f[h])
    y ~ Normal(a[g] + b[g] * x, e / s)
    """,
    // Correlated effects.
    """
    m ~ Normal(0, 1)
    k ~ Cauchy(0, 1)
    a[g] ~ Normal(m + k * u, t)
    b[g] ~ Normal(0.5, q)
    correlation(a, b) ~ LKJ(2)
    y ~ Normal(a[g] + b[g] * x + k * w, e)
    """,
    """
    f[h] ~ HalfNormal(1)
    r[other] ~ HalfNormal(1)
    o[other] ~ Normal(0.2, 1)
    a[g] ~ Normal(0, f[h])
    b[g] ~ Normal(1, q)
    c[g] ~ Normal(1, 1)
    d[g] ~ Normal(0, f[h] * t)
    p[g] ~ Normal(0, t)
    correlation(d, a) ~ LKJ(1)
    correlation(p, b, c) ~ LKJ(0.7)
    y ~ Normal(a[g] + b[g] * x + c[g] * w + d[g] * v + p[g] * s + o[other], r[other])
    """,
    """
    k ~ Cauchy(0, 1)
    za[g] ~ Normal(0.3, 1)
    zb[g] ~ Normal(u, 2)
    correlation(za, zb) ~ LKJ(1)
    y ~ Normal(k * za[g] - q * zb[g] * x, e)
    """,
    // Other factors.
    "a[g] ~ Normal(0, t)\no[other] ~ Normal(0.3, so)\ny ~ Normal(a[g] + o[other] * w, e)",
    """
    m ~ Normal(0, 2)
    p[h] ~ Normal(m + 1, q)
    o[other] ~ Normal(m, t)
    a[g] ~ Normal(p[h] * u, t)
    y ~ Normal(a[g] + o[other], e)
    """,
    "o[other] ~ Normal(0, t)\nm ~ Normal(0, 1)\ny ~ Normal(o[other] + m, e)",
    // Several lines.
    """
    k ~ Cauchy(0, 1)
    m ~ Normal(0, 1)
    a[g] ~ Normal(m, t)
    y ~ Normal(a[g], e)
    w ~ Normal(2 * a[g] + k - 0.3, 2 * q)
    log(s) ~ Normal(m + k * x, 0.5)
    """,
    "m ~ Normal(0, 1)\ny ~ Normal(m, e)",
  ]

  @Test(arguments: texts.indices) func marginal(_ index: Int) throws {
    try GaussianPlanTests.checkMarginal(
      Self.scales + Self.texts[index], Self.table(), seed: UInt64(index))
  }

  @Test(arguments: texts.indices) func draws(_ index: Int) throws {
    try GaussianPlanTests.checkDraws(
      Self.scales + Self.texts[index], Self.table(), seed: UInt64(index))
  }

  /// Given a coefficient that is sampled, the rest is a model of what it leaves: the same density and slopes at all
  /// scales, also where the border's normal equations give way to rotations (intercept and levels with a wide prior).
  @Test func givenCoefficientsShiftTheOutcome() throws {
    // Multiples of 1/16, so that nothing is rounded.
    let rows = 0..<40
    let group: [Int] = rows.map { $0 * $0 % 11 }
    let w: [Double] = rows.map { Double($0 * 37 % 29 - 14) / 16 }
    let y: [Double] = rows.map { row in
      let sixteenths: Int = row * 53 % 31 - 10 + group[row]
      return Double(sixteenths) / 16
    }
    let u: [Double] = group.map { Double($0 * $0 % 7) / 4 }
    let x: [Double] = rows.map { Double($0 % 8 - 3) / 2 }
    let v: [Double] = rows.map { Double($0 * 23 % 13 - 6) / 8 }
    let less: [Double] = zip(y, w).map { $0 - 0.75 * $1 }
    let table = try Table([
      "g": .wholeNumbers(group), "h": .wholeNumbers(group.map { $0 / 3 }), "u": .numbers(u),
      "w": .numbers(w), "v": .numbers(v), "x": .numbers(x), "y": .numbers(y),
      "shifted": .numbers(less),
    ])
    func density(_ k: String, _ y: String, _ u: String) throws -> PosteriorDensity {
      let text = """
        \(k.isEmpty ? "" : "k ~ Cauchy(0, 1)")
        e ~ HalfNormal(2)
        t ~ HalfNormal(1)
        q ~ HalfNormal(1)
        mu ~ Normal(0, 10)
        b[h] ~ Normal(0, q)
        a[g] ~ Normal(mu + \(u), t)
        c[g] ~ Normal(0, t)
        d ~ Normal(0, 3)
        \(y) ~ Normal(a[g] + b[h] + c[g] * x + d * v\(k), e)
        """
      return PosteriorDensity(
        try Model(text).bound(to: table), plan: .auto, jacobian: false)
    }
    let given = try density(" + k * w", "y", "k * u")
    let shifted = try density("", "shifted", "0.75 * u")
    #expect(given.planned.gaussian != nil && shifted.planned.gaussian != nil)
    let prior = -log(Double.pi) - log1p(0.75 * 0.75)
    for (e, t, q) in [
      (1, 1, 1), (1e-3, 1, 1e4), (1e3, 1e6, 1e-6), (1e-3, 1e-4, 1e6), (1e-6, 1e-6, 1e8),
    ] {
      let values = ["e": e, "t": t, "q": q, "k": 0.75]
      let first = given.coordinates(of: values)
      let second = shifted.coordinates(of: values)
      let (value, gradient) = given.evaluate(at: first.map(\.position))
      let (expected, expectedGradient) = shifted.evaluate(at: second.map(\.position))
      #expect(abs(value - prior - expected) < 1e-11 * max(1, abs(expected)), "\(values)")
      for (index, coordinate) in second.enumerated() {
        let place = first.firstIndex { $0.name == coordinate.name }!
        // The units of scales follow the data, which differ.
        let slope = gradient[place] * first[place].slopeFactor
        let expectedSlope = expectedGradient[index] * coordinate.slopeFactor
        #expect(abs(slope - expectedSlope) < 1e-9 * max(1, abs(expectedSlope)), "\(values)")
      }
    }
  }

  /// A column far from zero beside a flat intercept is the column of its differences beside another one. The density of
  /// the first has no digits left in any arithmetic that squares it: 1e6 and more, squared, over 1.
  @Test(arguments: [1e4, 1e6, 1e8]) func columnsFarFromZero(center: Double) throws {
    // Differences are whole multiples of 1/16, so that the sums are exact.
    let near: [Double] = (0..<33).map { Double($0 * 37 % 29 - 14) / 16 }
    var random = RandomStream(seed: 5)
    let y = near.map { $0 + random.normal() }
    func density(_ column: [Double]) throws -> PosteriorDensity {
      let table = try Table([
        "x": .numbers(column), "y": .numbers(y), "g": .wholeNumbers(y.indices.map { $0 % 10 }),
      ])
      let text =
        "m ~ Flat()\nd ~ Normal(0, 2)\na[g] ~ Normal(0, t)\ny ~ Normal(m + d * x + a[g], e)"
      let bound = try Model(Self.scales + text).bound(to: table)
      return PosteriorDensity(bound, plan: .auto, jacobian: false)
    }
    let (far, reference) = try (density(near.map { $0 + center }), density(near))
    for position in [[0.2, -0.4, 0], [-1, 0.5, 0.3], [0.7, -6, 0]] {
      let (value, gradient) = far.evaluate(at: position)
      let (expected, expectedGradient) = reference.evaluate(at: position)
      #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)))
      for (found, expected) in zip(gradient, expectedGradient) {
        #expect(abs(found - expected) < 1e-9 * max(1, abs(expected)))
      }
      // Slope and mean at the center, by the same moments: 4000 draws of each, |z| < 6 for their difference.
      func moments(_ density: PosteriorDensity, _ center: Double) -> [(mean: Double, sd: Double)] {
        let names = density.reportedNames
        let evaluation = density.makeEvaluation()
        var reported = [Double](repeating: 0, count: evaluation.reportedCount)
        let (d, m) = (names.firstIndex(of: "d")!, names.firstIndex(of: "m")!)
        var sums = [[0.0, 0], [0.0, 0]]
        let count = 4000.0
        for draw in 0..<UInt64(count) {
          var random = RandomStream(seed: draw, stream: 3)
          evaluation.report(at: position, into: &reported, random: &random)
          let slope = reported[d]
          for (index, x) in [slope, reported[m] + slope * center].enumerated() {
            sums[index][0] += x / count
            sums[index][1] += x * x / count
          }
        }
        return sums.map { ($0[0], ($0[1] - $0[0] * $0[0]).squareRoot()) }
      }
      for (a, b) in zip(moments(far, center), moments(reference, 0)) {
        #expect(abs(a.mean - b.mean) < 6 * b.sd * (2.0 / 4000).squareRoot(), "\(a), \(b)")
        #expect(abs(a.sd / b.sd - 1) < 6 * (1.0 / 4000).squareRoot(), "\(a), \(b)")
      }
    }
  }
}

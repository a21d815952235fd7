import Foundation
import StrataKernels
import StrataModels
import StrataSampling
import TestSupport
import Testing

/// Group effects in coordinates of their own: the density is the direct one after a change of variables, and the
/// coordinates are those that the data ask for.
@Suite struct CentringTests {
  static let header = """
    mu ~ Normal(0, 2)
    tau ~ HalfNormal(1)
    alpha ~ Normal(0, 2)
    beta[columns: x, w] ~ Normal(0, 1)
    e ~ HalfNormal(2)
    disp ~ Exponential(1)

    """

  static let models = [
    "a[g] ~ Normal(mu, tau)\nb ~ Bernoulli(logit = a[g])",
    "a[g] = mu + tau * z[g]\nz[g] ~ Normal(0, 1)\nb ~ Bernoulli(logit = a[g])",
    "a[g] ~ Normal(0, tau)\nb ~ Bernoulli(logit = alpha + a[g] + dot(beta))",
    "a[g] = tau * z[g]\nz[g] ~ Normal(0, 1)\nk ~ Poisson(log = alpha + a[g] + dot(beta))",
    "a[row] = tau * z[row]\nz[row] ~ Normal(0, 1)\nk ~ Poisson(exp(alpha + w * mu + a[row]))",
    """
    a[g] ~ Normal(mu, tau)
    t[h] ~ HalfNormal(1)
    c[g] ~ Normal(alpha, t[h])
    k ~ NegBinomial(log = a[g] + c[g] * x, dispersion = disp)
    """,
    """
    m[h] ~ Normal(mu, e)
    a[g] ~ Normal(m[h] + alpha * u, tau)
    k ~ Binomial(n, p = inverse_logit(a[g]))
    """,
    """
    o[other] ~ Normal(0, tau)
    a[g] = mu + alpha * u + disp * z[g]
    z[g] ~ Normal(0, 1)
    y ~ StudentT(4, a[g] + o[other] + dot(beta), e)
    """,
    """
    r[h] ~ Normal(0, e)
    a[g] ~ Normal(0, tau)
    c[g] = disp * v[g]
    v[g] ~ Normal(0, 1)
    o[other] ~ Normal(mu, 1)
    k ~ Poisson(log = alpha + r[h] + a[g] + (c[g] + o[other]) * w)
    """,
    "a[g] ~ Normal(mu, tau)\ny ~ Normal(a[g] * (1 + alpha * w), exp(0.1 * a[g]))",
    "a[g] ~ Normal(mu, tau)\nc[g] ~ Normal(a[g], e)\nk ~ Poisson(exp(c[g]) + exp(a[g] * x))",
    "z[g] ~ Normal(0, 1)\ny ~ StudentT(4, mu + tau * z[g] + z[g]^2 * w + z[\"3\"], e)",
  ]

  /// The table of the plan's tests, with a column that is constant in groups.
  static func table(scale: Double = 1) throws -> Table {
    var random = RandomStream(seed: 21)
    let group = (0..<120).map { $0 < 3 ? $0 : 3 + Int(random.uniform() * 6) }
    return try Table([
      "g": .wholeNumbers(group), "h": .wholeNumbers(group.map { $0 / 4 }),
      "other": .wholeNumbers((0..<120).map { $0 % 5 }),
      "u": .numbers(group.map { Double($0 % 3) - 1 }),
      "x": .numbers((0..<120).map { _ in random.normal() }),
      "w": .numbers((0..<120).map { _ in 0.3 * random.normal() }),
      "b": .wholeNumbers((0..<120).map { _ in random.uniform() < 0.4 ? 1 : 0 }),
      "k": .wholeNumbers((0..<120).map { _ in Int(random.poisson(mean: 3)) }),
      "n": .wholeNumbers((0..<120).map { _ in 12 }),
      "y": .numbers((0..<120).map { _ in scale * (1 + random.normal()) }),
    ])
  }

  /// A model in the coordinates that a few positions give.
  static func centred(_ bound: BoundModel) -> BoundModel {
    let first = bound.centred()
    var estimate = CentringEstimate(first)
    var random = RandomStream(seed: 4)
    let dimension = PosteriorDensity(first).dimension
    for _ in 0..<8 { estimate.add((0..<dimension).map { _ in 0.3 * random.normal() }) }
    return estimate.centred()
  }

  /// log density(u) = log direct density(x) + log |dx / du| for the positions of the same parameters.
  @Test(arguments: models) func densityIsTheDirectOneInOtherCoordinates(text: String) throws {
    let bound = try Model(Self.header + text).bound(to: Self.table())
    let direct = PosteriorDensity(bound)
    for model in [bound.centred(), Self.centred(bound)] {
      #expect(!model.effects.isEmpty)
      for mode in [Plan.Mode.direct, .compressed] {
        let other = PosteriorDensity(model, plan: mode)
        #expect(other.dimension == direct.dimension)
        try compare(direct, other)
      }
    }
  }

  private func compare(_ direct: PosteriorDensity, _ other: PosteriorDensity) throws {
    var random = RandomStream(seed: 8)
    for _ in 0..<5 {
      let u = (0..<other.dimension).map { _ in random.normal() }
      // Coordinates of scalars are those of their positions but for spreads; each x depends on its own u and on
      // those of coarser things, so that the Jacobian is the product of its diagonal.
      let x = direct.position(reporting: other.report(at: u))
      var logJacobian = 0.0
      for k in u.indices {
        let slope = derivative(step: 1e-3, rounding: 1e-15 * max(1, abs(x[k]))) { t in
          var moved = u
          moved[k] += t
          return direct.position(reporting: other.report(at: moved))[k]
        }
        logJacobian += log(slope.value)
      }
      let expected = direct.value(at: x) + logJacobian
      let found = other.value(at: u)
      #expect(abs(found - expected) < 1e-7 * max(1, abs(expected)), "\(found), not \(expected)")
    }
  }

  @Test(arguments: models) func gradientIsTheDerivative(text: String) throws {
    let bound = try Model(Self.header + text).bound(to: Self.table())
    for model in [bound.centred(), Self.centred(bound)] {
      let density = PosteriorDensity(model, plan: .compressed)
      var random = RandomStream(seed: 9)
      for _ in 0..<3 {
        let u = (0..<density.dimension).map { _ in 0.7 * random.normal() }
        let (value, gradient) = density.evaluate(at: u)
        #expect(value.isFinite)
        for k in u.indices {
          let slope = derivative(step: 0.01, rounding: 1e-15 * max(1, abs(value))) { t in
            var moved = u
            moved[k] += t
            return density.value(at: moved)
          }
          #expect(
            abs(gradient[k] - slope.value) <= 3 * slope.error + 1e-8 * max(1, abs(slope.value)),
            "\(k): \(gradient[k]), not \(slope.value)")
        }
      }
    }
  }

  /// Spreads of any size leave value and gradient finite, or are refused.
  @Test(arguments: [-300.0, -30, -20, 20, 250]) func extremeSpreadsAreHarmless(logSpread: Double)
    throws
  {
    let text = """
      mu ~ Normal(0, 1)
      log_tau ~ Normal(0, 200)
      tau = exp(log_tau)
      a[g] ~ Normal(mu, tau)
      b ~ Bernoulli(logit = a[g])
      """
    let model = Self.centred(try Model(text).bound(to: Self.table()))
    let density = PosteriorDensity(model)
    var u = (0..<density.dimension).map { 0.1 * Double($0 % 5) }
    u[1] = logSpread / density.parameterUnits[1].scale
    let (value, gradient) = density.evaluate(at: u)
    #expect(value.isFinite)
    let isFinite = gradient.allSatisfy(\.isFinite)
    #expect(isFinite)
  }

  /// With a Normal likelihood of known sd, effects are standard normal in their coordinates whatever the
  /// hyperparameters, and the weights are shrinkage factors.
  @Test func normalEffectsAreWhite() throws {
    let text = """
      mu ~ Normal(0, 2)
      tau ~ HalfNormal(1)
      a[g] ~ Normal(mu, tau)
      y ~ Normal(a[g], 0.5)
      """
    let bound = try Model(text).bound(to: Self.table())
    let first = bound.centred()
    var estimate = CentringEstimate(first)
    let dimension = PosteriorDensity(first).dimension
    estimate.add((0..<dimension).map { 0.1 * Double($0) })
    let model = estimate.centred()
    let effects = try #require(model.effects.first)
    let counts = model.layout.counts(of: "g")
    let typical = PosteriorDensity(first).report(at: (0..<dimension).map { 0.1 * Double($0) })[1]
    for (level, count) in counts.enumerated() {
      let information = Double(count) / 0.25
      #expect(abs(effects.information[level] - information) < 1e-10 * information)
      let weight = typical * typical * information / (1 + typical * typical * information)
      #expect(abs(effects.weights![level] - weight) < 1e-10)
    }
    let density = PosteriorDensity(model)
    for hyper in [[0.3, -2.0], [-1.0, 1.5], [0.0, -6.0]] {
      var u = hyper + Array(repeating: 0, count: dimension - 2)
      u[2] = 0.7
      // Of all effects, the gradient is that of a standard normal density.
      let (_, gradient) = density.evaluate(at: u)
      for k in 2..<dimension { #expect(abs(gradient[k] + u[k]) < 1e-8, "\(gradient[k]), \(u[k])") }
    }
  }

  /// What rows say of two effects of a level together, at typical spreads.
  @Test func slopesAndInterceptsShareInformation() throws {
    let text = """
      tau ~ HalfNormal(1)
      s ~ HalfNormal(1)
      a[g] ~ Normal(0, tau)
      c[g] ~ Normal(0, s)
      y ~ Normal(a[g] + c[g] * x, 0.5)
      """
    let table = try Self.table()
    let model = {
      var estimate = CentringEstimate(try! Model(text).bound(to: table).centred())
      estimate.add(Array(repeating: 0, count: 2 + 2 * 9))
      return estimate.centred()
    }()
    let (x, codes) = (try table.numbers("x"), try table.numbers("g").map { Int($0) })
    // A spread's position 0 is below its unit.
    let spread = exp(spreadExponent(0))
    for level in 0..<9 {
      let rows = codes.indices.filter { codes[$0] == level }.map { x[$0] }
      let (n, sum) = (4 * Double(rows.count), 4 * rows.reduce(0, +))
      let squares = 4 * rows.reduce(0) { $0 + $1 * $1 }
      let left = n - sum * sum / (squares + 1 / (spread * spread))
      #expect(abs(model.effects[0].information[level] - left) < 1e-9 * n)
      #expect(abs(model.effects[1].information[level] - squares) < 1e-9 * squares)
    }
  }

  /// In other units of the data, weights are the same.
  @Test(arguments: [1e-3, 1e3]) func unitsOfTheDataChangeNoWeight(scale: Double) throws {
    func weights(_ scale: Double) throws -> [Double] {
      let text = """
        mu ~ Normal(0, \(2 * scale))
        tau ~ HalfNormal(\(scale))
        e ~ HalfNormal(\(scale))
        a[g] ~ Normal(mu, tau)
        y ~ StudentT(4, a[g], e)
        """
      return Self.centred(try Model(text).bound(to: Self.table(scale: scale))).effects[0].weights!
    }
    let (one, other) = (try weights(1), try weights(scale))
    for (a, b) in zip(one, other) { #expect(abs(a - b) < 1e-12) }
  }

  @Test func planSaysWhatIsCentred() throws {
    let text = "a[g] ~ Normal(mu, tau)\nb ~ Bernoulli(logit = a[g])"
    let bound = try Model(Self.header + text).bound(to: Self.table())
    let before = PosteriorDensity(bound, plan: .auto).plan
    #expect(before.mode == .auto)
    #expect(
      before.steps.last?.action == "sampled, each level of g centred as far as warmup finds good")
    let after = PosteriorDensity(Self.centred(bound), plan: .compressed).plan
    #expect(after.steps.last?.subject == "a")
    #expect(after.steps.last?.action == "sampled, centred by 0.06 to 0.64 per level of g")
    #expect(PosteriorDensity(bound, plan: .compressed).plan.mode == .compressed)
  }

  /// What cannot be seen as location + spread z, or has nothing to be centred around, stays as it is.
  @Test(arguments: [
    "a[g] ~ StudentT(4, mu, tau)\nb ~ Bernoulli(logit = a[g])",
    "a[g] ~ Normal(0, 1)\nb ~ Bernoulli(logit = a[g])",
    "z[g] ~ Normal(0, 1)\nb ~ Bernoulli(logit = mu * z[g])",
    "a[g] ~ HalfNormal(tau)\nk ~ Poisson(a[g])",
  ]) func otherEffectsStay(text: String) throws {
    let bound = try Model(Self.header + text).bound(to: Self.table())
    #expect(bound.centred().effects.isEmpty)
  }

  /// Draws keep their parameters from one set of coordinates to the next.
  @Test(arguments: models) func movedPositionsHaveTheSameParameters(text: String) throws {
    let bound = try Model(Self.header + text).bound(to: Self.table())
    let first = bound.centred()
    var estimate = CentringEstimate(first)
    let dimension = PosteriorDensity(first).dimension
    let position = (0..<dimension).map { 0.2 * Double($0 % 7) - 0.5 }
    estimate.add(position)
    let other = estimate.centred()
    let moved = estimate.moved([position], to: other)[0]
    let before = PosteriorDensity(first).report(at: position)
    let after = PosteriorDensity(other).report(at: moved)
    for (a, b) in zip(before, after) { #expect(abs(a - b) < 1e-9 * max(1, abs(a))) }
  }
}

/// Serialized: it forces the backend.
extension PosteriorBackendTests {
  @Test(arguments: CentringTests.models)
  func everyBackendGivesTheSameBitsInOtherCoordinates(text: String) throws {
    let current = Backend.current
    defer { _ = Backend.force(current) }
    let bound = try Model(CentringTests.header + text).bound(to: CentringTests.table())
    let density = PosteriorDensity(CentringTests.centred(bound), plan: .compressed)
    let position = (0..<density.dimension).map { 0.3 * Double($0 % 9) - 1.1 }
    var expected: [UInt64]?
    for backend in Backend.allCases where Backend.force(backend) {
      let (value, gradient) = density.evaluate(at: position)
      let bits = ([value] + gradient + density.report(at: position)).map(\.bitPattern)
      let isSame = bits == expected ?? bits
      #expect(isSame, "\(backend): \(text)")
      expected = bits
    }
  }
}

extension Domains {
  /// Rows of each level.
  fileprivate func counts(of column: String) -> [Int] {
    let factor = factors.first { $0.columns == [column] }!
    return factor.levels.indices.map { level in factor.codes.count { Int($0) == level } }
  }
}

extension PosteriorDensity {
  /// The direct position of reported parameters: the units of unbounded and lower-bounded parameters.
  fileprivate func position(reporting report: [Double]) -> [Double] {
    var position: [Double] = []
    for (parameter, unit) in zip(bound.parameters, parameterUnits) {
      var start = 0
      for quantity in bound.quantities {
        let count = bound.layout.count(quantity.domain)
        if quantity.node == parameter.node {
          position += report[start..<(start + count)].map { x in
            if case .lower = parameter.transform { return log(x / unit.scale) }
            return (x - unit.center) / unit.scale
          }
        }
        start += count
      }
    }
    return position
  }
}

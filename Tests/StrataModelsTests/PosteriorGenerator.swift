import StrataSampling

/// Random models over ``PosteriorModel/table(rows:levels:seed:)``: families, groups, priors and expressions.
struct PosteriorGenerator {
  private var random: RandomStream
  private var lines: [String] = []
  private var scalars: [String] = []
  private var positives: [String] = []
  private var groups: [(name: String, factor: String)] = []

  static func model(seed: UInt64) -> PosteriorModel {
    var generator = PosteriorGenerator(random: RandomStream(seed: seed, stream: 7))
    return generator.make(seed)
  }

  private init(random: RandomStream) { self.random = random }

  private mutating func below(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
  private mutating func one(of choices: [String]) -> String { choices[below(choices.count)] }

  private mutating func make(_ seed: UInt64) -> PosteriorModel {
    for index in 0..<(1 + below(3)) { addScalar("mu\(index)") }
    for index in 0..<(1 + below(3)) { addPositive("tau\(index)") }
    for index in 0..<below(4) { addGroup("a\(index)") }
    if below(3) == 0 {
      lines.append("beta[columns: x, w, sd] ~ Normal(0, \(positive()))")
      lines.append("lin = dot(beta)")
    }
    let eta = predictor(3) + (lines.last?.hasPrefix("lin") == true ? " + lin" : "")
    lines.append(likelihood(eta))
    if below(3) == 0 { lines.append("log(pos) ~ Normal(\(predictor(2)), \(positive()))") }
    // Each order of the statements is the same model.
    for i in lines.indices { lines.swapAt(i, i + below(lines.count - i)) }
    let rows = [12, 40, 300][below(3)]
    return PosteriorModel(
      name: "random \(seed)", text: lines.joined(separator: "\n"),
      csv: PosteriorModel.table(rows: rows, seed: seed))
  }

  private mutating func scalar() -> String { scalars.isEmpty ? "0.5" : one(of: scalars) }
  private mutating func positive() -> String {
    below(4) == 0 || positives.isEmpty ? "\(1 + below(3))" : one(of: positives)
  }

  private mutating func addScalar(_ name: String) {
    let (m, s) = (scalar(), positive())
    lines.append(
      "\(name) ~ "
        + one(of: [
          "Normal(\(m), \(s))", "StudentT(5, \(m), \(s))", "Cauchy(\(m), \(s))",
          "Laplace(\(m), \(s))",
          "Uniform(-2, 3)", "Uniform(\(m) - 1, \(m) + \(s))", "Flat()",
          "Flat(lower = -3, upper = 3)",
        ]))
    scalars.append(name)
  }

  private mutating func addPositive(_ name: String) {
    let s = positive()
    lines.append(
      "\(name) ~ "
        + one(of: [
          "HalfNormal(\(s))", "HalfCauchy(\(s))", "HalfStudentT(4, \(s))", "Exponential(\(s))",
          "Gamma(2, \(s))", "Gamma(mean = \(s), sd = 0.8)", "InverseGamma(3, \(s))",
          "LogNormal(0, \(s))",
        ]))
    positives.append(name)
  }

  private mutating func addGroup(_ name: String) {
    let factor = one(of: ["g", "h", "k", "row", "h, trt", "one"])
    let coarser = groups.filter {
      $0.factor == factor || (["g", "row", "h, trt"].contains(factor) && $0.factor == "h")
    }
    var mean = scalar()
    if let group = coarser.randomElement(using: &random) {
      mean += " + \(group.name)[\(group.factor)]"
    }
    if factor == "g" { mean += " - 0.2 * upos" }
    if factor == "row" { mean += " + 0.1 * x" }
    let sd = positive()
    if below(3) == 0 {
      lines.append("\(name)_z[\(factor)] ~ Normal(0, 1)")
      lines.append("\(name)[\(factor)] = \(mean) + \(sd) * \(name)_z[\(factor)]")
    } else {
      lines.append(
        "\(name)[\(factor)] ~ "
          + one(of: [
            "Normal(\(mean), \(sd))", "StudentT(df = 4, mean = \(mean), scale = \(sd))",
            "Laplace(\(mean), \(sd))",
          ]))
    }
    groups.append((name, factor))
  }

  /// A sum of terms.
  private mutating func predictor(_ depth: Int) -> String {
    (0..<(1 + below(3))).map { _ in term(depth) }.joined(separator: one(of: [" + ", " - "]))
  }

  private mutating func term(_ depth: Int) -> String {
    switch below(depth > 0 ? 11 : 4) {
    case 0: return scalar()
    case 1: return one(of: ["x", "w", "0.7", "sd", "upos"])
    case 2, 3:
      guard let group = groups.randomElement(using: &random) else { return "0.25" }
      return "\(group.name)[\(group.factor)]"
    case 4, 5, 6: return "\(factor(depth)) * \(factor(depth))"
    case 7: return "\(factor(depth)) / (1 + abs(\(factor(depth))))"
    case 8: return "inverse_logit(\(predictor(depth - 1)))"
    case 9: return "\(factor(depth)) * (\(scalar()) \(one(of: ["<", "<=", ">", ">=", "!="])) x)"
    default: return one(of: ["sqrt(", "log(", "log10("]) + "\(positive()) + upos) * (trt == \"b\")"
    }
  }

  private mutating func factor(_ depth: Int) -> String {
    below(3) == 0 ? "(\(predictor(depth - 1)))" : term(0)
  }

  private mutating func likelihood(_ eta: String) -> String {
    let s = positive()
    return one(of: [
      "y ~ Normal(\(eta), \(s))", "y ~ Normal(\(eta), \(s) * sd)", "y ~ StudentT(4, \(eta), \(s))",
      "y ~ Cauchy(\(eta), \(s))", "y ~ Laplace(\(eta), \(s))", "pos ~ LogNormal(\(eta), \(s))",
      "count ~ Poisson(log = (\(eta)) / 4)", "count ~ Poisson(exp((\(eta)) / 4))",
      "count ~ NegBinomial(log = (\(eta)) / 4, dispersion = \(s))",
      "count ~ NegBinomial(1 + abs(\(eta)), \(s))", "bin ~ Bernoulli(logit = \(eta))",
      "bin ~ Bernoulli(0.05 + 0.9 * inverse_logit(\(eta)))",
      "hits ~ Binomial(size, logit = \(eta))",
      "hits ~ Binomial(size, inverse_logit(\(eta)))",
      "pos ~ Gamma(mean = 0.1 + abs(\(eta)), sd = \(s))",
      "unit ~ Beta(mean = inverse_logit((\(eta)) / 4), concentration = 1 + \(s))",
      "pos ~ Exponential(exp(-(\(eta)) / 4))",
    ])
  }
}

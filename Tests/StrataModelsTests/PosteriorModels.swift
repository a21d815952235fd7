import Foundation
import StrataModels
import StrataSampling
import Testing

/// The models that densities and gradients are checked on.
struct PosteriorModel: CustomTestStringConvertible, Sendable {
  var name: String
  var text: String
  var csv: String

  var testDescription: String { name }

  func density(plan: Plan.Mode = .direct, jacobian: Bool = true) throws -> PosteriorDensity {
    PosteriorDensity(
      try Bound(model: text, table: csv).bound(), plan: plan, jacobian: jacobian)
  }

  // MARK: The examples

  static let examples: [PosteriorModel] = [
    "cbpp", "dyestuff", "efron_morris", "eight_schools", "email_campaigns", "epil", "radon",
    "response_times", "sites", "sleepstudy", "water_quality",
  ].map { name in
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Examples/")
    func read(_ file: String) -> String {
      (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
    }
    let table = name == "water_quality" ? "water_quality_18_3_3.csv" : "\(name).csv"
    return PosteriorModel(name: name, text: read("\(name).strata"), csv: read(table))
  }

  // MARK: What the random models seldom meet

  /// A table of `rows` rows: nested factors g within h, crossed k, one level `one`, text `trt`, numbers.
  static func table(rows: Int, levels: Int = 7, seed: UInt64 = 1) -> String {
    var random = RandomStream(seed: seed, stream: 99)
    var lines = ["g,h,k,one,trt,x,w,sd,size,y,pos,unit,count,bin,hits,upos"]
    for row in 0..<rows {
      let g = row < levels ? row : Int(random.next() % UInt64(levels))
      let size = 1 + Int(random.next() % 9)
      let numbers = [
        random.normal(), 2 * random.normal() + 1, 0.5 + random.uniform(), Double(size),
        3 * random.normal(), 0.1 + 3 * random.uniform(), 0.02 + 0.96 * random.uniform(),
        random.poisson(mean: 3), random.uniform() < 0.4 ? 1 : 0,
        Double(random.next() % UInt64(size + 1)), Double(g % 3) + 0.5,
      ]
      let trt = ["a", "b", "c, d"][Int(random.next() % 3)]
      lines.append(
        "\(g),h\(g % 3),k\(random.next() % 4),1,\"\(trt)\","
          + numbers.map { "\($0)" }.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let texts: [(String, String)] = [
    (
      "parameter-dependent bounds",
      """
      low ~ Normal(-4, 1)
      width ~ Exponential(1)
      m ~ Uniform(low, low + width)
      u[h] ~ Uniform(m - width, m + 2 * width)
      f[g] ~ Flat(lower = u[h])
      e ~ Flat(upper = m)
      s ~ HalfStudentT(4, 2)
      y ~ Normal(f[g] + e, s)
      """
    ),
    (
      "functions and comparisons",
      """
      a ~ Normal(1, 1)
      b ~ Normal(0, 1)
      p ~ Gamma(mean = 2, sd = 0.7)
      q[g] ~ Beta(mean = 0.4, sd = 0.2)
      s ~ LogNormal(0, 0.5)
      c = abs(a) ^ p + sqrt(p) * log10(p) - b ^ 2 / p ^ -1 + 2 ^ b
      d[g] = logit(q[g]) * (a > b) - inverse_logit(a) ^ 3 + (b <= 0.3) * b
      eta = d[g] * (x >= 0.1) * (x != w) + c * (trt == "c, d") - abs(w - b) * (trt != "a") + exp(-p) * x
      y ~ StudentT(2 + p, eta, s * sd)
      """
    ),
    (
      "picked elements and coarser factors",
      """
      m[h] ~ StudentT(4, 0, 2)
      t[h] ~ HalfCauchy(1)
      r[g] ~ Normal(m[h] + 0.3 * upos, t[h])
      diff = r["2"] - r["0"] * m["h1"]
      cell[h, trt] ~ Cauchy(m[h], 1 + t[h])
      pick = cell["h0", "c, d"] + diff
      z[row] ~ Normal(m[h] * x, 1)
      y ~ Laplace(r[g] + cell[h, trt] * diff + z[row] * 0.3, 1 + abs(pick))
      """
    ),
    (
      "correlated effects",
      """
      t[h] ~ HalfNormal(1)
      s ~ HalfNormal(1)
      a[g] ~ Normal(m, s)
      b[g] ~ Normal(0.3 * upos, t[h])
      c[g] ~ Normal(0, 0.7)
      d[g] ~ Normal(m * upos, s)
      correlation(c, a, d, b) ~ LKJ(1.7)
      za[k] ~ Normal(0, 1)
      zb[k] ~ Normal(0, 1)
      correlation(za, zb) ~ LKJ(0.8)
      m ~ Normal(0, 1)
      u[k] = 0.2 + s * za[k]
      shared = correlation(za, zb) * s + correlation(c, d)
      y ~ Normal(a[g] + b[g] * x + c[g] * w + d[g] * sd + u[k] + zb[k] * x + shared * w, s)
      bin ~ Bernoulli(logit = a[g] - b[g])
      """
    ),
    (
      "one level",
      """
      a[one] ~ Normal(0, 2)
      s[one] ~ InverseGamma(3, 2)
      b[one, g] ~ Normal(a[one], s[one])
      y ~ Normal(b[one, g] + a[one] * x, s[one] + 0.1)
      """
    ),
    (
      "several outcomes",
      """
      beta[columns: x, w, sd] ~ Normal(0, tau)
      tau ~ HalfNormal(1)
      gamma[columns: x, upos] ~ Laplace(0, 1)
      a[k] ~ Normal(0, 1)
      disp ~ Exponential(1)
      eta = dot(beta) + a[k]
      zeta = dot(columns: x, upos; gamma)
      count ~ NegBinomial(mean = exp(eta), dispersion = disp)
      (count + 1) ~ Poisson(log = zeta)
      bin ~ Bernoulli(inverse_logit(eta - zeta))
      hits ~ Binomial(size, inverse_logit(a[k]))
      (trt == "a") ~ Bernoulli(0.01 + 0.3 * sd)
      log(pos) ~ Normal(zeta, disp)
      pos ~ Gamma(2, rate = disp)
      unit ~ Beta(mean = inverse_logit(eta / 4), concentration = 2 + disp)
      """
    ),
    (
      "every likelihood",
      """
      a ~ Normal(0, 0.5)
      r ~ Gamma(4, 4)
      y ~ Normal(a, r)
      (y * 1) ~ StudentT(3, a, r)
      (y + 0) ~ Cauchy(a, r)
      (y - 0) ~ Laplace(a, r)
      pos ~ LogNormal(a, r)
      (pos + 0) ~ Exponential(r)
      (pos * 1) ~ Gamma(mean = r, sd = r / 2)
      (pos - 0) ~ InverseGamma(r, 1 + r)
      (0 + pos) ~ HalfNormal(r)
      (1 * pos) ~ HalfCauchy(r)
      (pos / 1) ~ HalfStudentT(4, r)
      unit ~ Beta(r, 2 * r)
      (unit + 0) ~ Uniform(-r, 1 + r)
      (unit * 1) ~ Beta(mean = 0.1 + 0.8 * inverse_logit(a), sd = 0.05)
      count ~ Poisson(r * 3)
      (count + 0) ~ Poisson(exp(a) * r)
      (count * 1) ~ NegBinomial(r, 1 + r)
      (count - 0) ~ NegBinomial(log = a * x, dispersion = r)
      bin ~ Bernoulli(inverse_logit(a) * 0.9 + 0.05)
      (bin + 0) ~ Bernoulli(logit = a * x)
      hits ~ Binomial(size, 0.5 * inverse_logit(a))
      (hits + 0) ~ Binomial(n = 9, logit = a * x)
      """
    ),
  ]

  static let special: [PosteriorModel] = texts.map { name, text in
    PosteriorModel(
      name: name, text: text, csv: table(rows: 40))
  }

  /// Blocks have 256 rows: tables around that, and one row.
  static let sizes: [PosteriorModel] = [1, 255, 256, 257, 1000, 17_000].flatMap { rows in
    texts.filter { !$0.1.contains("\"") || rows > 40 }.map { name, text in
      PosteriorModel(
        name: "\(name), \(rows) rows", text: text, csv: table(rows: rows, seed: UInt64(rows)))
    }
  }
}

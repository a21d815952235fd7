import Foundation
import Strata

/// The Swift code of README.md, of the catalog Strata.docc and of doc comments. `DocumentationTests` runs it, and checks
/// that each block of theirs stands here line by line.
enum DocumentationCode {
  // MARK: - README.md

  // swift-format-ignore
  static func readme() async throws -> Fit {
    let table = try Table(contentsOf: "Examples/radon.csv")
    let model = try Model(contentsOf: "Examples/radon.strata")
    let fit = try await model.fit(to: table)

    print(fit)
    let steep = try fit.probability { $0["b[HENNEPIN]"] < -0.7 }
    print("P(slope < -0.7) = \(steep)")  // with its Monte Carlo error

    let new = try Table(["county": .text(["HENNEPIN", "NOWHERE"]), "floor": .numbers([0, 1])])
    for row in try fit.predict(new, for: .newLevels).summary() { print(row.lower!, row.upper!) }
    print(try fit.leaveOneOut())  // elpd, its error, and which rows are unreliable
    return fit
  }

  // swift-format-ignore
  static func typedModel() throws -> Model {
    let county = Column("county"), floor = Column("floor")
    let muA = Parameter("mu_a", .normal(0, 1)), sigmaA = Parameter("sigma_a", .halfCauchy(1))
    let muB = Parameter("mu_b", .normal(0, 1)), sigmaB = Parameter("sigma_b", .halfCauchy(1))
    let eps = Parameter("eps", .halfCauchy(1))
    let a = Parameter("a", by: "county", .normal(muA, sigmaA))
    let b = Parameter("b", by: "county", .normal(muB, sigmaB))
    let model = try Model {
      muA; sigmaA; muB; sigmaB; eps
      a; b
      Observed("log_radon", .normal(a[county] + b[county] * floor, eps))
    }
    return model
  }

  // MARK: - The tutorial

  /// Returns what the tutorial shows as printed, by the name of its file.
  static func tutorial() async throws -> [String: String] {
    let table = try Table(contentsOf: "radon.csv")
    print(table.rowCount, table.columnNames)

    let counties = try table.factor("county")
    print(counties.levelCount, "counties")

    let model = try Model(contentsOf: "radon.strata")
    let plan = try model.plan(for: table)
    print(plan)

    let fit = try await model.fit(to: table)
    print(fit.diagnostics.verdict ?? "The draws should not be used as they are.")

    for finding in fit.diagnostics.findings {
      print(finding.message)
    }

    let slope = try fit.quantity("b[HENNEPIN]")
    print(slope)

    let steep = try fit.probability { $0["b[HENNEPIN]"] < -0.7 }
    print("P(slope < -0.7) = \(steep)")

    let forest = try fit.plot(.forest("b", reference: 0))
    try forest.svg(width: 720).write(toFile: "forest.svg", atomically: true, encoding: .utf8)

    try FitReport(fit).write(to: OutputFolder("results"))

    let new = try Table(["county": .text(["HENNEPIN", "NOWHERE"]), "floor": .numbers([0, 0])])
    let predictions = try fit.predict(new, for: .newLevels)
    print(try PredictionTable(predictions))

    let limit = log(4.0)  // four picocuries per litre
    let above = try predictions.probability { $0 > limit }
    print(above)

    let pooled = try await Model(contentsOf: "radon_pooled.strata").fit(to: table)
    let separate = try await Model(contentsOf: "radon_separate.strata").fit(to: table)
    let comparison = try compare(["pooled": pooled, "separate": separate, "hierarchical": fit])
    print(comparison)

    return [
      "radon-plan.txt": "\(plan)",
      "radon-verdict.txt": fit.diagnostics.verdict ?? "",
      "radon-slope.txt": "\(slope)\nP(slope < -0.7) = \(steep)",
      "radon-predictions.txt": "\(try PredictionTable(predictions))\n\(above)",
      "radon-comparison.txt": "\(comparison)",
      "radon-forest.svg": forest.svg(width: 720),
      "radon-model.svg": try fit.plot(.model).svg(width: 480),
      "radon-regression.svg": try fit.plot(.regression(groups: ["CASS", "CROW WING", "FREEBORN"]))
        .svg(width: 600),
    ]
  }

  // MARK: - Strata.md

  static func landing() async throws -> Fit {
    let table = try Table(contentsOf: "radon.csv")
    let model = try Model(contentsOf: "radon.strata")
    let fit = try await model.fit(to: table)
    print(fit)
    return fit
  }

  // MARK: - TheModelText.md

  static func seizures() throws -> Model {
    let subject = Column("subject")
    let muA = Parameter("mu_a", .normal(0, 5))
    let sigmaA = Parameter("sigma_a", .halfNormal(1))
    let alpha = Parameter("alpha", .exponential(0.2))
    let drug = Parameter("b_trt", .normal(0, 2.5))
    let beta = Coefficients("beta", over: ["lbase", "lage", "V4"], .normal(0, 2.5))
    let a = Parameter("a", by: subject, .normal(muA, sigmaA))
    let rate = a[subject] + dot(beta) + drug * (Column("trt") .== "progabide")
    let model = try Model {
      muA
      sigmaA
      alpha
      drug
      beta
      a
      Observed("y", .negBinomial(log: rate, dispersion: alpha))
    }
    print(model)
    return model
  }

  // MARK: - ThePlan.md

  static func plan(_ model: Model, _ table: Table) async throws -> Fit {
    let plan = try model.plan(for: table)
    print(plan)
    for step in plan.steps where step.kind == .notIntegrated { print(step.subject, step.action) }

    var options = FitOptions()
    options.integrated = ["a", "b"]  // an error that says why, if they can't be
    options.effects = .mean  // keep their means and sds, not their draws
    let fit = try await model.fit(to: table, options: options)
    return fit
  }

  // MARK: - DiagnosticsAndRemedies.md

  static func diagnostics(_ model: Model, _ table: Table) async throws -> Fit {
    var options = FitOptions()
    options.targetAcceptance = 0.99
    options.warmup = 1000
    options.maximumTreeDepth = 12
    options.start = .jittered
    options.metric = .dense
    options.target = .until(bulkESS: 1000)
    let fit = try await model.fit(to: table, options: options)

    if fit.diagnostics.hasFailed {
      for finding in fit.diagnostics.findings where finding.severity == .failure {
        print(finding.topic, finding.parameters, finding.message)
      }
    }
    return fit
  }

  static func ownChains(_ fit: Fit) throws -> QuantitySummary {
    let chains = try fit.draws(of: "mu_a")  // any draws: an array for each chain
    let summary = QuantitySummary(chains)
    print(Diagnostics.rHat(chains)!, summary.bulkESS!, summary.tailESS!)
    return summary
  }

  // MARK: - ComingFromOtherTools.md

  static func drugEffect(_ fit: Fit) throws -> PosteriorQuantity {
    let effect = try fit.quantity("reduction") { 1 - exp($0["b_trt"]) }
    print(effect, try effect.interval(0.95))
    return effect
  }

  // MARK: - KeepingFits.md

  static func keep(_ model: Model, _ table: Table) async throws -> Fit {
    let folder = try OutputFolder("results")
    let fit = try await model.fit(to: table, keepingIn: folder)
    try fit.save(to: folder, with: [.logLikelihood, .posteriorPredictive])
    return fit
  }

  static func readBack() throws -> Fit {
    let fit = try Fit(contentsOf: "results")
    print(fit.summary["mu_b"]!.mean!)
    return fit
  }

  static func resume() async throws -> Fit {
    let run = try InterruptedRun(contentsOf: "results")
    let fit = try await run.resume()
    try fit.save(to: OutputFolder("results"), with: run.extras)
    return fit
  }

  // MARK: - Pictures.md

  static func picture(_ fit: Fit) throws -> String {
    let forest = try fit.plot(.forest("b", reference: 0))
    try forest.svg(width: 720).write(toFile: "forest.svg", atomically: true, encoding: .utf8)
    return forest.svg()
  }

  static func chart(_ fit: Fit) throws -> String {
    let slope = try fit.quantity("b[HENNEPIN]")
    let picture = DensityPlot(
      title: "Hennepin", xLabel: "effect of the first floor on log radon",
      curves: [DensityCurve("posterior", draws: slope.draws)], reference: 0)
    print(picture.svg(width: 480))
    return picture.svg(width: 480)
  }

  // MARK: - Doc comments

  static func table() throws -> [Double] {
    let table = try Table(contentsOf: "radon.csv")
    let counties = try table.factor("county")  // 85 levels
    let y = try table.numbers("log_radon")  // [Double]
    return [Double(counties.levelCount)] + y
  }

  static func smallModel() throws -> Model {
    let mu = Parameter("mu", .normal(0, 1))
    let sigma = Parameter("sigma", .halfCauchy(1))
    let model = try Model {
      mu
      sigma
      Observed("y", .normal(mu, sigma))
    }
    return model
  }

  static func pictureOfFit(_ model: Model, _ table: Table) async throws {
    let fit = try await model.fit(to: table)
    let picture = try fit.plot(.forest("a"))
    print(picture.svg(width: 720))
  }

  static func severalFits(_ fit: Fit, _ separate: Fit) throws -> String {
    let picture = try fit.plot(
      .forest("a", as: "partial pooling", beside: [("no pooling", separate)]))
    return picture.svg()
  }

  static func newHomes(_ fit: Fit) throws {
    let new = try Table(contentsOf: "new_homes.csv")
    let predictions = try fit.predict(new, for: .newLevels)
    for row in try predictions.summary() { print(row.mean!) }
  }

  static func odds(_ fit: Fit) throws -> PosteriorQuantity {
    let odds = try fit.quantity("odds") { $0["rate"] / (1 - $0["rate"]) }
    print(odds)
    return odds
  }

  static func better(_ fit: Fit) throws -> Probability {
    let better = try fit.probability { $0["rate[B]"] > $0["rate[A]"] }
    return better
  }

  static func report(_ fit: Fit) throws {
    let report = FitReport(fit)
    try report.write(to: OutputFolder("results"))
  }

  // MARK: - YourOwnDensity.md

  static func survival() async throws -> [QuantitySummary] {
    let density = Weibull(times: [2, 5, 7, 11, 13, 20, 20], hasEvent: [1, 1, 1, 1, 1, 0, 0])
    let chains = try await sample(density)
    for (index, name) in ["shape", "scale"].enumerated() {
      let summary = QuantitySummary(chains.map { $0.draws(of: index) })
      print(name, summary.mean!, summary.bulkESS!)
    }
    return (0..<2).map { index in QuantitySummary(chains.map { $0.draws(of: index) }) }
  }
}

/// Times until an event, some of which are censored: the event had not happened yet.
struct Weibull: LogDensity {
  let times: [Double]
  let hasEvent: [Double]  // 1, or 0 where censored
  let dimension = 2  // the logarithms of shape and scale

  func makeEvaluation() -> Evaluation { Evaluation(density: self) }

  struct Evaluation: LogDensityEvaluation {
    let density: Weibull
    let reportedCount = 2

    func logDensity(
      at x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double {
      let shape = exp(x[0])
      var sum = -x[0] * x[0] / 2 - x[1] * x[1] / 18  // Normal(0, 1) and Normal(0, 3)
      (gradient[0], gradient[1]) = (-x[0], -x[1] / 9)
      for (time, event) in zip(density.times, density.hasEvent) {
        let u = log(time) - x[1]
        let hazard = exp(shape * u)  // cumulative: (time / scale)^shape
        sum += event * (x[0] - x[1] + (shape - 1) * u) - hazard
        gradient[0] += event * (1 + shape * u) - hazard * shape * u
        gradient[1] += shape * (hazard - event)
      }
      return sum
    }

    func logDensity(at x: UnsafePointer<Double>) -> Double {
      var gradient = (0.0, 0.0)
      return withUnsafeMutableBytes(of: &gradient) {
        logDensity(at: x, gradient: $0.assumingMemoryBound(to: Double.self).baseAddress!)
      }
    }

    func report(
      at x: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>,
      random: inout RandomStream
    ) {
      output[0] = exp(x[0])
      output[1] = exp(x[1])
    }
  }
}

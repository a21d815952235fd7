import Foundation
import Strata
import Testing

/// Pictures of fits: that each has what it should, and says what it can't.
@Suite struct PlotTests {
  static let text = """
    mu_a ~ Normal(0, 2)
    tau ~ HalfNormal(1)
    b ~ Normal(0, 1)
    e ~ HalfNormal(1)
    a[site] ~ Normal(mu_a, tau)
    y ~ Normal(a[site] + b * x, e)
    """

  static func table(rows: Int = 60, sites: Int = 5) throws -> Table {
    let site = (0..<rows).map { $0 % sites }
    return try Table([
      "site": .text(site.map { "s\($0)" }),
      "x": .numbers((0..<rows).map { Double($0) / 10 }),
      "y": .numbers((0..<rows).map { sin(Double($0 * $0)) + Double($0 % sites) / 3 }),
    ])
  }

  static func fit(_ options: FitOptions = FitOptions(chains: 2, draws: 200, seed: 3)) async throws
    -> Fit
  {
    try await Model(text).fit(to: table(), options: options)
  }

  @Test func everyPictureIsDrawn() async throws {
    var options = FitOptions(chains: 2, draws: 200, seed: 3)
    options.sampler = .nuts
    let fit = try await Self.fit(options)
    let plots: [FitPlot] = [
      .trace(), .trace(["a[s1]", "b"], interval: 3), .ranks(), .ranks("a[s0]"), .autocorrelation(),
      .energy, .growth(), .pairs(), .density(["a"], reference: 0), .prior(), .prior(["a[s2]"]),
      .forest("a"), .predictive(), .predictive(by: "site"), .rows(), .distribution("y"),
      .calibration(), .pareto(), .regression(), .regression(groups: ["s3"]), .model, .plan,
    ]
    for plot in plots {
      let svg = try fit.plot(plot).svg(width: 500)
      #expect(svg.hasPrefix("<svg "))
      #expect(!svg.contains("Nothing to draw"))
      #expect(svg == (try fit.plot(plot).svg(width: 500)))
    }
  }

  /// Lines that are found by predicting means are those of the parameters.
  @Test func regressionLinesAreTheParameters() async throws {
    let fit = try await Self.fit(FitOptions(chains: 2, draws: 150, seed: 4))
    let plot = try #require(try fit.plot(.regression()) as? RegressionPlot)
    #expect(plot.groups.map(\.label) == ["s0", "s1", "s2", "s3", "s4"])
    for group in plot.groups {
      let line = try #require(group.fits[0].line)
      let a = try #require(fit.summary["a[\(group.label)]"]?.mean)
      let b = try #require(fit.summary["b"]?.mean)
      #expect(abs(line.intercept - a) < 1e-9 && abs(line.slope - b) < 1e-9)
      #expect(group.x.count == 12)
    }
  }

  @Test func forestHasTheSummarysNumbers() async throws {
    let fit = try await Self.fit()
    let plot = try #require(try fit.plot(.forest("a")) as? ForestPlot)
    #expect(plot.levels == ["s0", "s1", "s2", "s3", "s4"])
    #expect(plot.reference == fit.summary["mu_a"]?.mean)
    for (level, estimate) in zip(plot.levels, plot.series[0].estimates) {
      let row = try #require(fit.summary["a[\(level)]"])
      let estimate = try #require(estimate)
      #expect(abs(estimate.center - row.q50!) < 1e-9)
      #expect(abs(estimate.outer!.lowerBound - row.q5!) < 1e-9)
      #expect(estimate.inner != nil)
    }
  }

  /// Where only means of group effects were kept, the forest is drawn from them.
  @Test func forestFromMeans() async throws {
    var options = FitOptions(chains: 2, draws: 200, seed: 3)
    options.effects = .mean
    let fit = try await Self.fit(options)
    let plot = try #require(try fit.plot(.forest("a")) as? ForestPlot)
    #expect(plot.intervalLabel == "90 % intervals from mean and sd")
    #expect(plot.series[0].estimates.allSatisfy { $0 != nil })
    #expect(throws: DrawsNotKept.self) { try fit.plot(.density(["a[s1]"])) }
    _ = FitReport(fit).html()
  }

  @Test func whatIsMissingIsSaid() async throws {
    let fit = try await Self.fit()
    func message(_ plot: FitPlot) -> String {
      do { return "drawn: \(try fit.plot(plot).title)" } catch { return "\(error)" }
    }
    #expect(message(.forest("taus")) == "there is no parameter \"taus\": did you mean \"tau\"?")
    #expect(
      message(.trace(["a[s9]"])) == "there is no parameter \"a[s9]\": did you mean \"a[s0]\"?")
    #expect(
      message(.forest("b"))
        == "no picture of forest: b has no levels; its density shows what is known of it")
    #expect(
      message(.pairs(["b"])) == "no picture of pairs: it takes two parameters or more, and b is one"
    )
    #expect(message(.regression(groups: ["s8"])).contains("did you mean \"s0\"?"))
    #expect(message(.predictive("z")) == "the model has no outcome `z`: it has `y`.")
  }

  @Test func severalFitsSideBySide() async throws {
    let fit = try await Self.fit()
    let separate = try await Model(
      "e ~ HalfNormal(1)\na[site] ~ Normal(0, 10)\ny ~ Normal(a[site], e)"
    )
    .fit(to: Self.table(sites: 6), options: FitOptions(chains: 2, draws: 200))
    let plot = try #require(
      try fit.plot(.forest("a", as: "pooled", beside: [("separate", separate)])) as? ForestPlot)
    #expect(plot.levels == ["s0", "s1", "s2", "s3", "s4", "s5"])
    #expect(plot.series[0].estimates[5] == nil && plot.series[1].estimates[5] != nil)
    let arrows = try #require(
      try fit.plot(.shrinkage("a", "a", from: separate)) as? ShrinkagePlot)
    #expect(arrows.arrows.map(\.label) == ["s0", "s1", "s2", "s3", "s4"])
    #expect(arrows.population?.x == fit.summary["mu_a"]?.mean)
  }

  /// Levels that have a row of their own have an inner interval in every fit, whatever their place in it.
  @Test func levelsBesideAnotherFitHaveInnerIntervals() async throws {
    let table = try Self.table(rows: 300, sites: 60)
    let options = FitOptions(chains: 2, draws: 200)
    let fit = try await Model(Self.text).fit(to: table, options: options)
    let separate = try await Model(
      "e ~ HalfNormal(1)\na[site] ~ Normal(0, 10)\ny ~ Normal(a[site], e)"
    ).fit(to: table, options: options)
    let plot = try #require(
      try fit.plot(.forest("a", as: "pooled", beside: [("separate", separate)])) as? ForestPlot)
    #expect(plot.series.map(\.label) == ["pooled", "separate"])
    let order = plot.levels.indices.sorted {
      plot.series[0].estimates[$0]!.center > plot.series[0].estimates[$1]!.center
    }
    for level in order.prefix(15) + order.suffix(15) {
      #expect(plot.series.allSatisfy { $0.estimates[level]?.inner != nil })
    }
    let arrows = try #require(
      try fit.plot(.shrinkage("a", "a", from: separate)) as? ShrinkagePlot)
    #expect(arrows.arrows.count == 60)
  }

  /// The population's mean is found where it is an argument by name.
  @Test func forestKnowsThePopulationOfRates() async throws {
    let table = try Table([
      "g": .text(["p", "p", "q", "q", "r", "r"]), "y": .numbers([0, 1, 1, 1, 0, 0]),
    ])
    let fit = try await Model(
      "mu ~ Beta(2, 2)\nt[g] ~ Beta(mean = mu, concentration = 5)\ny ~ Bernoulli(t[g])"
    ).fit(to: table, options: FitOptions(chains: 2, draws: 200))
    let plot = try #require(try fit.plot(.forest("t")) as? ForestPlot)
    #expect(plot.reference == fit.summary["mu"]?.mean)
  }

  @Test func diagramHasNodesPlatesAndArrows() throws {
    let diagram = try Model(Self.text).diagram(for: Self.table())
    #expect(diagram.nodes.map(\.id) == ["mu_a", "tau", "b", "e", "a", "y", "x"])
    #expect(diagram.plates.map(\.label) == ["site × 5", "rows × 60"])
    #expect(diagram.edges.count == 6)
    #expect(diagram.nodes.first { $0.id == "y" }?.kind == .observed)
    #expect(diagram.nodes.first { $0.id == "x" }?.kind == .data)
    #expect(diagram.graphviz().contains("\"x\" -> \"y\";"))
  }
}

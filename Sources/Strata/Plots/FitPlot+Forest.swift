public import StrataCharts
import StrataDiagnostics
import StrataModels

extension FitPlot {
  /// Estimates of the levels of a factor, sorted; of thousands of levels the extremes with a strip between them.
  /// - Parameters:
  ///   - quantity: a parameter or quantity with levels, `a`.
  ///   - reference: a value to compare with; nil for the mean of the population where the model names one.
  public static func forest(_ quantity: String, reference: Double? = nil) -> FitPlot {
    FitPlot { source in
      let series = try source.levels(of: quantity)
      let population = reference == nil ? source.populationMean(of: quantity) : nil
      return ForestPlot(
        title: "\(quantity) by \(series.factor)", xLabel: quantity, levels: series.labels,
        series: [.init("", series.estimates)], reference: reference ?? population?.mean,
        referenceLabel: population.map { "posterior mean of \($0.name)" } ?? "reference",
        intervalLabel: series.hasDraws
          ? "50 % and 90 % intervals" : "90 % intervals from mean and sd")
    }
  }
}

extension Fit {
  /// Estimates of the same quantity in several fits, side by side.
  ///
  /// ```swift
  /// let picture = try Fit.compareForest("a", of: ["partial pooling": fit, "no pooling": separate])
  /// ```
  ///
  /// - Parameters:
  ///   - quantity: a parameter or quantity with levels, without its brackets.
  ///   - fits: with the names that the legend gives them. A level that a fit does not have stays empty there.
  ///   - reference: a value to compare with, drawn as a line.
  /// - Throws: ``UnknownParameter`` for a fit without the quantity, ``PlotError`` for one without levels.
  public static func compareForest(
    _ quantity: String, of fits: KeyValuePairs<String, Fit>, reference: Double? = nil
  ) throws -> any Chart {
    let all = try fits.map { ($0.key, try PlotSource($0.value).levels(of: quantity)) }
    var labels: [String] = []
    var places: [String: Int] = [:]
    for label in all.flatMap(\.1.labels) where places[label] == nil {
      places[label] = labels.count
      labels.append(label)
    }
    let series = all.map { name, levels in
      var estimates = [ForestPlot.Estimate?](repeating: nil, count: labels.count)
      for (label, estimate) in zip(levels.labels, levels.estimates) {
        estimates[places[label]!] = estimate
      }
      return ForestPlot.Series(name, estimates)
    }
    return ForestPlot(
      title: "\(quantity)\(all.first.map { " by \($0.1.factor)" } ?? "")", xLabel: quantity,
      levels: labels, series: series, reference: reference)
  }

  /// How two quantities with levels moved from another fit to this one: arrows from separate to hierarchical estimates.
  /// - Throws: ``UnknownParameter``, ``PlotError``.
  public func shrinkage(
    of x: String, _ y: String, from other: Fit, otherName: String = "separate",
    name: String = "hierarchical"
  ) throws -> any Chart {
    let (before, after) = (PlotSource(other), PlotSource(self))
    func centers(_ source: PlotSource, _ quantity: String) throws -> [String: Double] {
      let levels = try source.levels(of: quantity)
      return Dictionary(
        zip(levels.labels, levels.estimates.map { $0?.center ?? .nan }),
        uniquingKeysWith: { first, _ in first })
    }
    let (fromX, fromY) = (try centers(before, x), try centers(before, y))
    let (toX, toY) = (try centers(after, x), try centers(after, y))
    let arrows = try after.levels(of: x).labels.compactMap { label -> ShrinkagePlot.Arrow? in
      guard let x0 = fromX[label], let y0 = fromY[label], let x1 = toX[label], let y1 = toY[label]
      else { return nil }
      return .init(label, from: (x: x0, y: y0), to: (x: x1, y: y1))
    }
    guard !arrows.isEmpty else {
      throw PlotError("shrinkage", "\(x) and \(y) have no level in common in both fits")
    }
    var population: (x: Double, y: Double)?
    if let x = after.populationMean(of: x), let y = after.populationMean(of: y) {
      population = (x: x.mean, y: y.mean)
    }
    return ShrinkagePlot(
      title: "Shrinkage of \(x) and \(y)", xLabel: x, yLabel: y, arrows: arrows,
      population: population, fromLabel: otherName, toLabel: name)
  }
}

extension PlotSource {
  /// A quantity's levels with their estimates.
  struct Levels {
    var factor: String
    var labels: [String]
    var estimates: [ForestPlot.Estimate?]
    var hasDraws: Bool
  }

  func levels(of name: String) throws -> Levels {
    let quantity = try self.quantity(name)
    let factor: String
    let labels: [String]
    switch quantity.domain {
    case .factor(let index):
      let columns = bound.layout.factors[index].columns
      factor = columns.isEmpty ? "row" : columns.joined(separator: ", ")
      labels = bound.layout.factors[index].levels
    case .coefficients(let index):
      factor = "column"
      labels = bound.layout.coefficientColumns[index]
    case .scalar, .rows, .cells:
      throw PlotError("forest", "\(name) has no levels; its density shows what is known of it")
    }
    let rows = Array(rows(of: quantity))
    guard !rows.isEmpty else { throw DrawsNotKept(quantity: name, hasMean: false) }
    let hasDraws = fit.index(of: rows[0].name) != nil
    return Levels(
      factor: factor, labels: labels, estimates: estimates(rows, hasDraws: hasDraws),
      hasDraws: hasDraws)
  }

  /// From the summary; the inner interval needs the draws and is made only for levels that will have a row of their own.
  private func estimates(_ rows: [Summary.Row], hasDraws: Bool) -> [ForestPlot.Estimate?] {
    var estimates = rows.map { row -> ForestPlot.Estimate? in
      let s = row.statistics
      if let median = s.q50, let low = s.q5, let high = s.q95 {
        return ForestPlot.Estimate(median, outer: low...high)
      }
      guard let mean = s.mean, let sd = s.sd, sd >= 0 else { return nil }
      return ForestPlot.Estimate(mean, outer: mean - 1.645 * sd...mean + 1.645 * sd)
    }
    guard hasDraws else { return estimates }
    var named = Array(estimates.indices)
    if named.count > 40 {
      named.sort { (estimates[$0]?.center ?? 0) < (estimates[$1]?.center ?? 0) }
      named = Array(named.prefix(20) + named.suffix(20))
    }
    let places = named
    let detailed = parallelMap(places.count) { i -> ForestPlot.Estimate? in
      fit[rows[places[i]].name].map { .init(draws: $0.flatMap { $0 }) }
    }
    for (place, estimate) in zip(places, detailed) { estimates[place] = estimate }
    return estimates
  }

  /// The population-level parameter that a quantity's levels are drawn around, with its posterior mean:
  /// `mu_a` for `a[county] ~ Normal(mu_a, sigma_a)` and for `a[county] = mu_a + sigma_a * z[county]`.
  func populationMean(of name: String) -> (name: String, mean: Double)? {
    for statement in bound.model.statements {
      guard case .grouped(name, _) = statement.target else { continue }
      let location: Expression?
      switch statement.content {
      case .distributed(let call): location = call.location
      case .equals(let expression):
        // mu + tau * z[g] lies around mu.
        guard case .binary(.add, let first, let second) = expression.node,
          !second.factorNames.isEmpty
        else { return nil }
        location = first
      }
      guard case .name(let mean)? = location?.node else { return nil }
      return fit.summary[mean]?.mean.map { (mean, $0) }
    }
    return nil
  }
}

extension DistributionCall {
  /// The argument that says where the distribution lies, of families on the whole line.
  var location: Expression? {
    let place: Int
    switch name {
    case "Normal", "Cauchy", "Laplace": place = 0
    case "StudentT": place = 1
    default: return nil
    }
    if let named = arguments.first(where: { $0.label == "mean" || $0.label == "location" }) {
      return named.value
    }
    guard place < arguments.count, arguments[place].label == nil else { return nil }
    return arguments[place].value
  }
}

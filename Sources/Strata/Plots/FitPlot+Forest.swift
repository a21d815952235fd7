import StrataCharts
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

extension PlotSource {
  /// A quantity's levels with their estimates.
  struct Levels {
    var factor: String
    var labels: [String]
    var estimates: [ForestPlot.Estimate?]
    var hasDraws: Bool
  }

  /// - Parameter detailed: the levels that get an inner interval; nil for those that a forest of this fit names.
  func levels(of name: String, detailed: Set<String>? = nil) throws -> Levels {
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
    let wanted = detailed.map { names in labels.indices.filter { names.contains(labels[$0]) } }
    return Levels(
      factor: factor, labels: labels,
      estimates: estimates(rows, hasDraws: hasDraws, detailed: wanted), hasDraws: hasDraws)
  }

  /// From the summary; the inner interval needs the draws and is made only for levels that will have a row of their own.
  private func estimates(
    _ rows: [Summary.Row], hasDraws: Bool, detailed: [Int]?
  ) -> [ForestPlot.Estimate?] {
    var estimates = rows.map { row -> ForestPlot.Estimate? in
      let s = row.statistics
      if let median = s.q50, let low = s.q5, let high = s.q95 {
        return ForestPlot.Estimate(median, outer: low...high)
      }
      guard let mean = s.mean, let sd = s.sd, sd >= 0 else { return nil }
      return ForestPlot.Estimate(mean, outer: mean - 1.645 * sd...mean + 1.645 * sd)
    }
    guard hasDraws else { return estimates }
    let places = detailed ?? Self.named(estimates.map { $0?.center })
    let results = parallelMap(places.count) { i -> ForestPlot.Estimate? in
      fit[rows[places[i]].name].map { .init(draws: $0.flatMap { $0 }) }
    }
    for (place, estimate) in zip(places, results) { estimates[place] = estimate }
    return estimates
  }

  /// The places of the levels that a forest sorted by these centres may name: all, or the extremes of many.
  static func named(_ centers: [Double?]) -> [Int] {
    guard centers.count > 40 else { return Array(centers.indices) }
    let order = centers.indices.sorted { (centers[$0] ?? 0) < (centers[$1] ?? 0) }
    return Array(order.prefix(20) + order.suffix(20))
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
  /// The argument that says where the distribution lies: the mean where it is given by name, else that of a family on the
  /// whole line.
  var location: Expression? {
    if let named = arguments.first(where: { $0.label == "mean" || $0.label == "location" }) {
      return named.value
    }
    let place: Int
    switch name {
    case "Normal", "Cauchy", "Laplace": place = 0
    case "StudentT": place = 1
    default: return nil
    }
    guard place < arguments.count, arguments[place].label == nil else { return nil }
    return arguments[place].value
  }
}

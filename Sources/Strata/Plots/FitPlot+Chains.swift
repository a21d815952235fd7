import StrataCharts
import StrataDiagnostics

// Pictures of the sampler: whether the draws can be trusted.
extension FitPlot {
  /// Draws in the order in which they were made, one line for each chain; divergent transitions are marked.
  /// - Parameters:
  ///   - names: parameters; at most eight are drawn.
  ///   - interval: only every so many-th draw, for small files.
  public static func trace(_ names: [String] = [], interval: Int = 1) -> FitPlot {
    FitPlot { source in
      let names = try source.names(names, limit: 8)
      return TracePlot(
        title: "Trace of \(names.spoken)",
        groups: try names.map { .init($0, chains: try source.fit.draws(of: $0)) },
        divergences: source.divergences, interval: interval)
    }
  }

  /// Histograms of the ranks of each chain's draws among all: flat if the chains say the same.
  /// - Parameter name: a parameter; nil for the one with the fewest effective draws.
  public static func ranks(_ name: String? = nil) -> FitPlot {
    FitPlot { source in
      let name = try source.single(name, "ranks")
      return RankPlot(title: "Ranks of \(name)", chains: try source.fit.draws(of: name))
    }
  }

  /// Autocorrelation of each chain's draws.
  public static func autocorrelation(_ names: [String] = [], maximumLag: Int = 40) -> FitPlot {
    FitPlot { source in
      let names = try source.names(names, limit: 6)
      return AutocorrelationPlot(
        title: "Autocorrelation of \(names.spoken)",
        groups: try names.map { .init($0, chains: try source.fit.draws(of: $0)) },
        maximumLag: maximumLag)
    }
  }

  /// The energy of the draws against its changes from draw to draw. NUTS only.
  public static var energy: FitPlot {
    FitPlot { source in
      guard source.fit.settings.sampler == .nuts else {
        throw PlotError(
          "energy", "the \(source.fit.settings.sampler.rawValue) sampler has none, only NUTS does")
      }
      return EnergyPlot(
        title: "Energy", chains: source.fit.chains.map { $0.statistics.map(\.energy) })
    }
  }

  /// Bulk- and tail-ESS of the first draws, of more, and of all: they grow in proportion if the chains mix.
  /// - Parameter name: a parameter; nil for the one with the fewest effective draws.
  public static func growth(_ name: String? = nil) -> FitPlot {
    FitPlot { source in
      let name = try source.single(name, "growth")
      let chains = try source.fit.draws(of: name)
      let length = chains.map(\.count).min() ?? 0
      let lengths = (1...10).map { length * $0 / 10 }.filter { $0 >= 6 }
      func series(_ label: String, _ measure: ([[Double]]) -> Double?) -> GrowthPlot.Series {
        let sizes = lengths.map { length in measure(chains.map { Array($0.prefix(length)) }) }
        return .init(
          label, draws: lengths.map { $0 * chains.count }, size: sizes.map { $0 ?? .nan })
      }
      return GrowthPlot(
        title: "Effective sample size of \(name)",
        series: [
          series("bulk", Diagnostics.bulkESS), series("tail", Diagnostics.tailESS),
        ])
    }
  }

  /// Pairs of parameters, draws after divergent transitions marked: they gather where the sampler can't go. Where there are
  /// any, parameters above zero have logarithmic axes, as it is mostly close to zero that the sampler can't go.
  /// - Parameters:
  ///   - names: two to six parameters.
  ///   - maximumPoints: more draws than that are thinned.
  public static func pairs(_ names: [String] = [], maximumPoints: Int = 1000) -> FitPlot {
    FitPlot { source in
      let names = try source.names(names, limit: 6)
      guard names.count > 1 else {
        throw PlotError(
          "pairs",
          "\(names.isEmpty ? "there is no parameter" : "it takes two parameters or more, and \(names[0]) is one")"
        )
      }
      let hasDivergences = source.fit.divergences > 0
      return PairPlot(
        title: "Pairs of \(names.spoken)",
        columns: try names.map { name in
          let (lower, upper) = source.bounds(of: name)
          return .init(
            name, draws: try source.pooled(name),
            isLogarithmic: hasDivergences && lower == 0 && upper == nil)
        },
        divergent: source.fit.chains.flatMap { $0.statistics.map(\.isDivergent) },
        maximumPoints: maximumPoints)
    }
  }
}

extension PlotSource {
  /// The one name that was asked for, or the first population-level parameter.
  func single(_ name: String?, _ picture: String) throws -> String {
    if let name { return try names([name], limit: 1).first ?? name }
    guard let first = populationNames.first else {
      throw PlotError(picture, "no draws were kept: fit with effects draws")
    }
    return first
  }
}

extension [String] {
  /// `mu_a, sigma_a and 3 more`.
  var spoken: String {
    count <= 3
      ? joined(separator: ", ") : "\(prefix(2).joined(separator: ", ")) and \(count - 2) more"
  }
}

import StrataModels
import StrataSampling

/// The draws of one chain as CmdStan writes them: comments with the settings, a header, a line per draw. What reads Stan's
/// files reads these.
struct StanCSV {
  private let fit: Fit
  private let result: ChainResult

  init(_ fit: Fit, _ result: ChainResult) {
    self.fit = fit
    self.result = result
  }

  /// `a.1` is the first level of `a`: a comment says which level that is.
  var text: String {
    var variables = ArchiveLayout(fit.bound, starts: fit.quantityStarts).variables
    var lines = preamble
    // A comma would end a name.
    for index in variables.indices where variables[index].name.contains(",") {
      var name = variables[index].name.plain(separator: "_")
      while variables.contains(where: { $0.name == name }) { name += "_" }
      lines.append("# \(name) = \(variables[index].name)")
      variables[index].name = name
    }
    for variable in variables {
      guard let dimension = variable.dimension else { continue }
      for (index, label) in dimension.labels.enumerated() {
        let line = label.map { $0.isNewline ? " " : String($0) }.joined()
        lines.append("# \(variable.name).\(index + 1) = \(variable.name)[\(line)]")
      }
    }
    let names = variables.flatMap { variable in
      variable.dimension == nil
        ? [variable.name] : (1...variable.count).map { "\(variable.name).\($0)" }
    }
    lines.append((Self.statistics + names).joined(separator: ","))
    lines += adaptation
    let places = variables.flatMap { Array($0.start..<$0.start + $0.count) }
    for draw in 0..<fit.drawsPerChain { lines.append(line(draw, places)) }
    lines += times
    return lines.joined(separator: "\n") + "\n"
  }

  private static let statistics = [
    "lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__", "energy__",
  ]

  private var preamble: [String] {
    let s = fit.settings
    // CmdStanPy refuses a run without warmup.
    let warmup = max(1, s.warmup)
    return [
      "# stan_version_major = 2", "# stan_version_minor = 36", "# stan_version_patch = 0",
      "# model = strata_model", "# written by strata \(strataVersion)",
      "# method = sample (Default)", "#   sample", "#     num_samples = \(fit.drawsPerChain)",
      "#     num_warmup = \(warmup)", "#     save_warmup = 0 (Default)",
      "#     thin = 1 (Default)", "#     algorithm = hmc (Default)", "#       hmc",
      "#         engine = nuts (Default)", "#           nuts",
      "#             max_depth = \(s.maximumTreeDepth ?? 10)",
      "#         metric = diag_e (Default)",
      "# id = \(result.chain + 1)", "# random", "#   seed = \(s.seed)",
    ]
  }

  /// Of a dense metric the diagonal.
  private var adaptation: [String] {
    let variances = result.inverseMetric.variances.map(number).joined(separator: ", ")
    return [
      "# Adaptation terminated", "# Step size = \(number(result.stepSize))",
      "# Diagonal elements of inverse mass matrix:", "# \(variances)",
    ]
  }

  /// CmdStanPy finds the end of the draws by them.
  private var times: [String] {
    let (warmup, sampling) = (result.warmupSeconds, result.samplingSeconds)
    func seconds(_ value: Double) -> String { "\((1000 * value).rounded() / 1000) seconds" }
    return [
      "# ", "#  Elapsed Time: \(seconds(warmup)) (Warm-up)",
      "#                \(seconds(sampling)) (Sampling)",
      "#                \(seconds(warmup + sampling)) (Total)", "# ",
    ]
  }

  private func line(_ draw: Int, _ places: [Int]) -> String {
    let s = result.statistics[draw]
    let values = places.map { number(result.reported[draw * result.reportedCount + $0]) }
    let own = [
      number(s.logDensity), number(s.acceptance), number(result.stepSize), "\(s.treeDepth)",
      "\(s.leapfrogCount)", s.isDivergent ? "1" : "0", number(s.energy),
    ]
    return (own + values).joined(separator: ",")
  }

  private func number(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }
}

extension Fit {
  /// Writes `chain-1.csv`, `chain-2.csv` and so on as CmdStan does.
  /// - Throws: ``OutputError``.
  public func writeStanCSV(to folder: OutputFolder) throws(OutputError) {
    for result in chains {
      try folder.write(StanCSV(self, result).text, to: "chain-\(result.chain + 1).csv")
    }
  }
}

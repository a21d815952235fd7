extension DiagnosticReport {
  /// Findings about the run as a whole.
  static func samplerFindings(_ sampler: SamplerStatistics, _ effects: Effects) -> [Finding?] {
    [
      divergences(sampler, effects), treeDepth(sampler), energy(sampler, effects),
      undefinedEnergy(sampler),
    ]
  }

  private static func divergences(_ sampler: SamplerStatistics, _ effects: Effects) -> Finding? {
    let count = sampler.divergences.reduce(0, +)
    guard count > 0 else { return nil }
    // As a product, so that a whole limit (4 of 4000) is met exactly.
    let failed = Double(count) > DiagnosticLimits.divergentFraction * Double(sampler.totalDraws)
    let what =
      "\(ofAll(count, sampler)) \(count == 1 ? "is" : "are") divergent"
      + " (\(perChain(sampler.divergences)))"
    return Finding(
      topic: .divergences, severity: failed ? .failure : .note,
      message: failed
        ? what + ": the sampler could not follow the density there, so the posterior may be biased."
          + remedy([
            "raise the target acceptance (towards 0.99)", "tighten the priors of scales",
            effects.remedy,
          ])
        : what + ": too few to bias much. If more come, raise the target acceptance.",
      parameters: [])
  }

  private static func treeDepth(_ sampler: SamplerStatistics) -> Finding? {
    let count = sampler.saturatedTrees.reduce(0, +)
    guard count > 0 else { return nil }
    return Finding(
      topic: .treeDepth, severity: .note,
      message: "\(ofAll(count, sampler)) reached the maximum tree depth"
        + " \(sampler.maximumTreeDepth) (\(perChain(sampler.saturatedTrees))): correct, but slow."
        + " Bring predictors to similar size, or raise the maximum tree depth.",
      parameters: [])
  }

  private static func energy(_ sampler: SamplerStatistics, _ effects: Effects) -> Finding? {
    let low = sampler.energies.enumerated().compactMap { chain, energies in
      Diagnostics.energyBFMI(energies).map { (chain: chain + 1, value: $0) }
    }.filter { $0.value < DiagnosticLimits.energyBFMI }
    guard !low.isEmpty else { return nil }
    // 0.2996 is not to be read as 0.30.
    let chains = low.map {
      "chain \($0.chain) (\(Wording.fixed($0.value, $0.value < 0.295 ? 2 : 3)))"
    }
    return Finding(
      topic: .energy, severity: .failure,
      message: "E-BFMI is under 0.3 in \(Wording.list(chains)): the sampler moves through the"
        + " energies too slowly to see the tails."
        + remedy(["tighten heavy-tailed priors", effects.remedy, "lengthen the warmup"]),
      parameters: [])
  }

  private static func undefinedEnergy(_ sampler: SamplerStatistics) -> Finding? {
    let chains = sampler.energies.enumerated().filter { Diagnostics.energyBFMI($0.element) == nil }
    guard !chains.isEmpty else { return nil }
    return Finding(
      topic: .undefined, severity: .note,
      message: "E-BFMI is undefined in \(Wording.list(chains.map { "chain \($0.offset + 1)" })):"
        + " the energies are constant, not finite, or fewer than three.",
      parameters: [])
  }

  /// " Raise the target acceptance, or lengthen the warmup.": what may help, as a sentence.
  private static func remedy(_ some: [String?]) -> String {
    let all = some.compactMap { $0 }
    let text = all.count > 1 ? all.dropLast().joined(separator: ", ") + ", or \(all.last!)" : all[0]
    return " " + text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  /// "12 of 4000 draws (0.3 %)".
  private static func ofAll(_ count: Int, _ sampler: SamplerStatistics) -> String {
    let percent = Wording.percent(Double(count) / Double(sampler.totalDraws))
    return "\(count) of \(sampler.totalDraws) draws (\(percent))"
  }

  /// "chain 3: 10, chain 1: 2", the worst first, chains without any left out.
  private static func perChain(_ counts: [Int]) -> String {
    let some = counts.enumerated().filter { $0.element > 0 }.sorted {
      ($1.element, $0.offset) < ($0.element, $1.offset)
    }
    return Wording.list(some.map { "chain \($0.offset + 1): \($0.element)" })
  }
}

extension DiagnosticReport.Effects {
  /// What may help those that are sampled; nil if nothing would.
  fileprivate var remedy: String? {
    switch self {
    case .asWritten: "write group-level effects non-centred"
    case .asRequested: "let the plan choose how group-level effects are sampled (plan auto)"
    case .handled: nil
    }
  }
}

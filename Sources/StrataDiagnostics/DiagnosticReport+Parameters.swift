extension DiagnosticReport {
  typealias NamedSummary = (name: String, summary: QuantitySummary)

  /// Findings about parameters.
  static func parameterFindings(_ parameters: [NamedSummary]) -> [Finding?] {
    [
      rHat(parameters, failed: true), effectiveSampleSize(parameters), tooFewDraws(parameters),
      rHat(parameters, failed: false), constant(parameters), notFinite(parameters),
      noDraws(parameters), tiedTail(parameters),
      heavyTails(parameters, hasMean: false), heavyTails(parameters, hasMean: true),
    ]
  }

  // MARK: R-hat

  /// The R-hats above 1.01: those that chance does not explain (`failed`), or the others.
  private static func rHat(_ parameters: [NamedSummary], failed: Bool) -> Finding? {
    let tests = parameters.count { $0.summary.rHatChance != nil }
    let limit = DiagnosticLimits.rHatChance / Double(max(tests, 1))
    let worst = parameters.compactMap { parameter -> (name: String, value: Double)? in
      guard let value = parameter.summary.rHat, value > DiagnosticLimits.rHat,
        let chance = parameter.summary.rHatChance
      else { return nil }
      return (chance < limit) == failed ? (parameter.name, value) : nil
    }.stablySorted { $0.value > $1.value }
    guard !worst.isEmpty else { return nil }
    let named = Wording.list(worst.map { "\($0.name) (\(Wording.fixed($0.value, 3)))" })
    return Finding(
      topic: .rHat, severity: failed ? .failure : .note,
      message: failed
        ? "R-hat is above 1.01 for \(named): the chains disagree by more than chance. Lengthen the"
          + " warmup and draw more; if it stays, look for several modes or for parameters that the"
          + " data cannot tell apart."
        : "R-hat is above 1.01 for \(named), which can be chance at this ESS. More draws would"
          + " settle it.",
      parameters: worst.map(\.name))
  }

  // MARK: ESS

  private static func effectiveSampleSize(_ parameters: [NamedSummary]) -> Finding? {
    let limit = DiagnosticLimits.effectiveSampleSize
    let worst = parameters.compactMap { parameter -> (name: String, least: Double, text: String)? in
      let (bulk, tail) = (parameter.summary.bulkESS, parameter.summary.tailESS)
      let least = min(bulk ?? .infinity, tail ?? .infinity)
      guard least < limit else { return nil }
      let text = "bulk \(Wording.whole(bulk)), tail \(Wording.whole(tail))"
      return (parameter.name, least, "\(parameter.name) (\(text))")
    }.stablySorted { $0.least < $1.least }
    guard let least = worst.first?.least else { return nil }
    let factor = (limit / least).rounded(.up)
    let remedy =
      factor <= 10
      ? "Draw about \(Wording.whole(factor)) times as many."
      : "The chains hardly move there: before drawing more, look for divergences, several modes,"
        + " or parameters that the data cannot tell apart."
    return Finding(
      topic: .effectiveSampleSize, severity: .failure,
      message: "ESS is under 400 for \(Wording.list(worst.map(\.text))):"
        + " too few effective draws to trust means and intervals. \(remedy)",
      parameters: worst.map(\.name))
  }

  // MARK: Undefined

  private static func tooFewDraws(_ parameters: [NamedSummary]) -> Finding? {
    let names = parameters.filter { $0.summary.undefined == .tooFewDraws }.map(\.name)
    guard !names.isEmpty else { return nil }
    return Finding(
      topic: .undefined, severity: .failure,
      message: "There are fewer than six draws per chain, so ESS is undefined and nothing can be"
        + " checked. Draw more.",
      parameters: names)
  }

  private static func constant(_ parameters: [NamedSummary]) -> Finding? {
    let constant = parameters.filter { $0.summary.undefined == .constant }
    guard !constant.isEmpty else { return nil }
    let named = constant.map { "\($0.name) (always \($0.summary.mean.map { "\($0)" } ?? "equal"))" }
    return Finding(
      topic: .undefined, severity: .note,
      message: "R-hat and ESS are undefined for \(Wording.list(named)): all draws are equal.",
      parameters: constant.map(\.name))
  }

  private static func notFinite(_ parameters: [NamedSummary]) -> Finding? {
    let names = parameters.filter { $0.summary.undefined == .notFinite }.map(\.name)
    guard !names.isEmpty else { return nil }
    return Finding(
      topic: .undefined, severity: .note,
      message: "Mean, R-hat and ESS are undefined for \(Wording.list(names)): some draws are not"
        + " finite. Look for a division by zero, the logarithm of a negative number, or overflow.",
      parameters: names)
  }

  private static func noDraws(_ parameters: [NamedSummary]) -> Finding? {
    let names = parameters.filter { $0.summary.undefined == .noDraws }.map(\.name)
    guard !names.isEmpty else { return nil }
    return Finding(
      topic: .undefined, severity: .note,
      message: "Nothing is known of \(Wording.list(names)): there are no draws.",
      parameters: names)
  }

  private static func tiedTail(_ parameters: [NamedSummary]) -> Finding? {
    let names = parameters.filter {
      $0.summary.undefined == nil && $0.summary.bulkESS != nil && $0.summary.tailESS == nil
    }.map(\.name)
    guard !names.isEmpty else { return nil }
    return Finding(
      topic: .undefined, severity: .note,
      message: "Tail-ESS is undefined for \(Wording.list(names)): more than 5 % of the draws share"
        + " the largest value.",
      parameters: names)
  }

  // MARK: Heavy tails

  /// Quantities without an sd, whose mean can be told (`hasMean`) or not.
  private static func heavyTails(_ parameters: [NamedSummary], hasMean: Bool) -> Finding? {
    let heavy = parameters.compactMap { parameter -> (name: String, k: Double)? in
      guard let k = parameter.summary.tailShape, k > TailShape.sdLimit,
        hasMean == (k <= TailShape.meanLimit)
      else { return nil }
      return (parameter.name, k)
    }.stablySorted { $0.k > $1.k }
    guard !heavy.isEmpty else { return nil }
    let named = Wording.list(heavy.map { "\($0.name) (\(Wording.fixed($0.k, 2)))" })
    return Finding(
      topic: .heavyTails, severity: .note,
      message: hasMean
        ? "The sd is undefined for \(named): by their Pareto k the tails are so heavy that a few draws decide it;"
          + " from 0.5 on the variance is infinite. Use the quantiles."
        : "Mean and sd are undefined for \(named): by their Pareto k the tails are so heavy that a few draws decide"
          + " them; from 1 on there is no mean. Use the quantiles.",
      parameters: heavy.map(\.name))
  }
}

extension Array {
  /// Equal elements keep their order, so that reports don't depend on the sort's workings.
  fileprivate func stablySorted(_ precedes: (Element, Element) -> Bool) -> [Element] {
    enumerated().sorted { a, b in
      if precedes(a.element, b.element) { return true }
      return !precedes(b.element, a.element) && a.offset < b.offset
    }.map(\.element)
  }
}

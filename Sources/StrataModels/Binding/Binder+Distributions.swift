extension Binder {
  /// The form that a call's arguments fit, with their nodes in the form's order.
  mutating func matched(_ call: DistributionCall, in domain: Domain) throws -> (
    DistributionForm, [Graph.Node]
  ) {
    if call.name == Distributions.lkj.name {
      throw fail(
        "LKJ is the prior of correlations between group effects: write `correlation(a, b) ~ LKJ(…)`",
        at: call.range)
    }
    return try matched(call, among: Distributions.forms(named: call.name), in: domain)
  }

  mutating func matched(
    _ call: DistributionCall, among forms: [DistributionForm], in domain: Domain
  ) throws -> (DistributionForm, [Graph.Node]) {
    guard let first = forms.first else {
      let hint =
        nearestName(to: call.name, among: Distributions.names).map { "did you mean \($0)?" }
        ?? "the distributions are \(Distributions.names.joined(separator: ", "))"
      throw fail("there is no distribution \(call.name): \(hint)", at: call.range)
    }
    for form in forms {
      guard let order = form.order(of: call.arguments, positionalForm: first) else { continue }
      var nodes: [Graph.Node] = []
      for (parameter, index) in zip(form.parameters, order) {
        let argument = call.arguments[index].value
        let node = try compile(argument, in: domain)
        try check(node, parameter, call.name, at: argument.range)
        nodes.append(node)
      }
      try checkTogether(form, nodes, at: call.range)
      return (form, nodes)
    }
    let signatures = forms.map(\.signature).joined(separator: " or ")
    let given = call.arguments.map(\.label)
    let labels = Set(forms.flatMap { $0.parameters.map(\.label) })
    if let stranger = given.compactMap({ $0 }).first(where: { !labels.contains($0) }) {
      throw fail(
        "\(call.name) has no argument `\(stranger)`: expected \(signatures)", at: call.range)
    }
    if forms.contains(where: { $0.parameters.count == given.count }) {
      let shown = given.map { $0.map { "\($0) = …" } ?? "…" }.joined(separator: ", ")
      throw fail("\(call.name) was given (\(shown)): expected \(signatures)", at: call.range)
    }
    let count = "\(given.count) argument\(given.count == 1 ? "" : "s")"
    throw fail("\(call.name) was given \(count): expected \(signatures)", at: call.range)
  }

  /// Checks an argument that is known before sampling.
  private func check(
    _ node: Graph.Node, _ parameter: DistributionForm.Parameter, _ distribution: String,
    at range: SourceRange?
  ) throws {
    guard let values = graph.fixedValues(node) else {
      if case .trials = parameter.requirement {
        throw fail(
          "the \(parameter.label) of \(distribution) must be a number or a column, not a parameter",
          at: range)
      }
      return
    }
    guard let bad = values.firstIndex(where: { !parameter.requirement.allows($0) }) else { return }
    throw fail(
      """
      the \(parameter.label) of \(distribution) must be \(parameter.requirement.words), and is \
      \(shown(values[bad]))\(place(of: bad, in: graph.domains[node]))
      """, at: range)
  }

  /// Checks what must hold between two arguments, where both are known before sampling: bounds in order,
  /// a Beta's sd that its mean allows.
  private func checkTogether(
    _ form: DistributionForm, _ nodes: [Graph.Node], at range: SourceRange?
  ) throws {
    func firstPair(
      _ x: Graph.Node, _ y: Graph.Node, where isBad: (Double, Double) -> Bool
    ) -> (x: Double, y: Double, place: String)? {
      guard let a = graph.fixedValues(x), let b = graph.fixedValues(y) else { return nil }
      guard a.count == b.count || a.count == 1 || b.count == 1 else { return nil }
      let domain = a.count >= b.count ? graph.domains[x] : graph.domains[y]
      for index in 0..<max(a.count, b.count) {
        let (p, q) = (a[a.count == 1 ? 0 : index], b[b.count == 1 ? 0 : index])
        if isBad(p, q) { return (p, q, place(of: index, in: domain)) }
      }
      return nil
    }
    if case .between(let lower?, let upper?) = form.support,
      let bad = firstPair(nodes[lower], nodes[upper], where: { $0 >= $1 })
    {
      throw fail(
        """
        the lower bound of \(form.name) must be less than the upper, and they are \(shortest(bad.x)) and \
        \(shortest(bad.y))\(bad.place)
        """, at: range)
    }
    if form.parameters.map(\.label) == ["mean", "sd"], form.support == .unitInterval,
      let bad = firstPair(nodes[0], nodes[1], where: { $1 * $1 >= $0 * (1 - $0) })
    {
      throw fail(
        """
        the sd of \(form.name) must be less than sqrt(mean (1 - mean)), here \
        \(shortest((bad.x * (1 - bad.x)).squareRoot())), and is \(shortest(bad.y))\(bad.place)
        """, at: range)
    }
  }

  /// " in t.csv, line 13 (row 12)", or the level; empty for a single number.
  func place(of index: Int, in domain: Domain) -> String {
    switch domain {
    case .scalar, .cells: ""
    case .rows: " in \(layout.table.location(ofRow: index))"
    case .factor(let factor): " for the level \(layout.factors[factor].levels[index])"
    case .coefficients(let vector): " for the column \(layout.coefficientColumns[vector][index])"
    }
  }
}

extension DistributionForm {
  /// For each of the form's parameters the index of the argument given for it; nil if they don't fit.
  /// Positional arguments fill the positional form; a form with labels takes those that both begin with:
  /// `Binomial(n, logit = eta)`.
  func order(of arguments: [DistributionCall.Argument], positionalForm: DistributionForm) -> [Int]?
  {
    guard arguments.count == parameters.count else { return nil }
    return parameters.enumerated().reduce(into: [] as [Int]?) { order, item in
      let (position, parameter) = item
      let byLabel = arguments.firstIndex { $0.label == parameter.label }
      let common = positionalForm.parameters
      let byPosition =
        arguments[position].label == nil && position < common.count
          && common[position].label == parameter.label ? position : nil
      if let index = byLabel ?? byPosition { order?.append(index) } else { order = nil }
    }
  }
}

/// A number in a message; NaN without its sign, which differs between machines.
func shown(_ x: Double) -> String { x.isNaN ? "NaN" : shortest(x) }

extension DistributionForm.Requirement {
  func allows(_ x: Double) -> Bool {
    switch self {
    case .real: x.isFinite
    case .positive: x.isFinite && x > 0
    case .notNegative: x.isFinite && x >= 0
    case .probability: x >= 0 && x <= 1
    case .fraction: x > 0 && x < 1
    case .trials: x.isFinite && x >= 0 && x == x.rounded()
    }
  }

  var words: String {
    switch self {
    case .real: "a finite number"
    case .positive: "positive"
    case .notNegative: "0 or more"
    case .probability: "between 0 and 1"
    case .fraction: "strictly between 0 and 1"
    case .trials: "a whole number, 0 or more"
    }
  }
}

extension TableError {
  /// The description without its full stop: to be continued, or shown beside a place in the model.
  var trimmedDescription: String {
    description.hasSuffix(".") ? String(description.dropLast()) : description
  }
}

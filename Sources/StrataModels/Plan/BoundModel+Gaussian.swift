extension BoundModel {
  /// Integrates out what can be: parameters with Normal or flat priors that enter Normal likelihoods linearly (see
  /// ``GaussianSearch``). Returns the densities that are part of it, by their index.
  mutating func integrateGaussians(_ steps: inout [Plan.Step]) -> Set<Int> {
    let search = GaussianSearch(self)
    for (index, reason) in search.reasons.sorted(by: { $0.key < $1.key }) {
      steps.append(Plan.Step(subject: parameters[index].name, action: "sampled: \(reason)"))
    }
    guard !search.integrated.isEmpty else { return [] }
    var assembly = GaussianAssembly(search)
    let (marginal, constant) = assembly.assemble()
    graph = assembly.bound.graph
    gaussian = marginal
    integrated = search.integrated
    self.constant += constant
    func names(_ indices: [Int]) -> String {
      indices.map { parameters[$0].name }.joined(separator: ", ")
    }
    if let domain = search.domain {
      let columns = search.effects.count
      let shape = columns == 1 ? "" : " of \(columns)"
      steps.insert(
        Plan.Step(
          subject: names(search.effects),
          action:
            "integrated out exactly: \(layout.count(domain)) levels of \(name(of: domain))\(shape)"),
        at: 0)
    }
    if !search.border.isEmpty {
      let count = marginal.system.borderCount
      steps.insert(
        Plan.Step(
          subject: names(search.border),
          action: "integrated out exactly: \(count) coefficient\(count == 1 ? "" : "s")"),
        at: search.domain == nil ? 0 : 1)
    }
    let used = search.likelihoods.map(\.density) + search.priors.values.map(\.density)
    return Set(used)
  }
}

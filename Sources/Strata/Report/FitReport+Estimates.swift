import StrataModels

extension PlotSource {
  /// The diagram and the plan.
  func modelPart() -> ReportPart {
    var part = ReportPart(title: "What was fitted", isModel: true)
    part.figures = [
      .init(
        "model", .model,
        caption: """
          An arrow means "depends on". Shaded: data. Rectangles: computed from others. A frame stands for as many \
          copies as it says.
          """),
      .init(
        "plan", .plan,
        caption:
          "How the model was solved. What is integrated out is not approximated: its draws are exact."
      ),
    ]
    return part
  }

  /// A forest for each quantity with levels, densities of the others.
  func estimatesPart() -> ReportPart {
    var part = ReportPart(title: "Estimates")
    let factors = bound.quantities.filter(isForest)
    let latent = latentNames()
    let shown = factors.filter { !latent.contains($0.name) }
    for quantity in shown.prefix(6) {
      let count = bound.layout.count(quantity.domain)
      part.figures.append(
        .init(
          "forest-\(quantity.name)", .forest(quantity.name),
          caption: count > 40
            ? "The highest and the lowest of \(count.spoken) levels; the strip holds the others, sorted."
            : ""))
    }
    if shown.count > 6 {
      let others = shown.dropFirst(6).map(\.name).joined(separator: ", ")
      part.after.append("Not drawn: \(others); strata plot draws them.")
    }
    if !latent.isEmpty {
      part.after.append(
        "Not drawn: \(latent.sorted().joined(separator: ", ")), which only helps to compute what is drawn."
      )
    }
    let names = densityNames()
    for start in stride(from: 0, to: min(names.count, 24), by: 12) {
      let some = Array(names[start..<min(start + 12, min(names.count, 24))])
      let suffix = start == 0 ? "" : "-\(start / 12 + 1)"
      if prior != nil {
        part.figures.append(
          .init(
            "prior\(suffix)", .prior(some),
            caption: """
              Where the two curves are alike, the data say little. The axes end where the posterior does; wider priors \
              go on.
              """))
      } else {
        part.figures.append(
          .init(
            "density\(suffix)", .density(some),
            caption: "Without priors beside them: not every one of this model's can be drawn from.")
        )
      }
    }
    if names.count > 24 { part.after.append("\(names.count - 24) more densities are not drawn.") }
    return part
  }

  private func isForest(_ quantity: BoundModel.Quantity) -> Bool {
    switch quantity.domain {
    case .factor: true
    case .coefficients(let index): bound.layout.coefficientColumns[index].count > 6
    case .scalar, .rows, .cells: false
    }
  }

  /// Parameters that only stand in a quantity with the same levels: `z` of `a[g] = mu + tau * z[g]`.
  private func latentNames() -> Set<String> {
    var names: Set<String> = []
    for quantity in bound.quantities where quantity.isDeterministic {
      guard case .factor = quantity.domain,
        let statement = bound.model.statements.first(where: {
          if case .grouped(quantity.name, _) = $0.target { true } else { false }
        })
      else { continue }
      let used = Set(statement.rightSides.flatMap(\.usedNames))
      for other in bound.quantities
      where !other.isDeterministic && other.domain == quantity.domain && used.contains(other.name) {
        names.insert(other.name)
      }
    }
    return names
  }

  /// Numbers without levels whose draws were kept, in the order of the model.
  func densityNames() -> [String] {
    bound.quantities.flatMap { quantity -> [String] in
      isForest(quantity) ? [] : bound.names(of: quantity)
    }.filter { fit.index(of: $0) != nil }
  }
}

public import StrataCharts
public import StrataModels

extension FitPlot {
  /// The model as a diagram: parameters, computed quantities, data, and plates for what is repeated.
  public static var model: FitPlot { FitPlot { $0.bound.diagram() } }

  /// How the model was solved: what became of its rows, what was integrated out, what was sampled and why.
  public static var plan: FitPlot { FitPlot { $0.fit.plan.picture } }
}

extension Fit {
  /// The model as a diagram, which also has a text for Graphviz.
  public var diagram: ModelDiagram { bound.diagram() }
}

extension Model {
  /// The model as a diagram, with the sizes that a table gives it; without sampling.
  /// - Throws: ``ModelError`` and ``TableError`` as a fit does.
  public func diagram(for table: Table, dropMissing: Bool = false) throws -> ModelDiagram {
    try bound(to: table, dropMissing: dropMissing).diagram()
  }
}

extension Plan {
  /// The plan as a list with a block for each step.
  public var picture: ListingPicture {
    var blocks = steps.map { step in
      ListingPicture.Block(step.subject, lines: [step.action], kind: step.kind.color)
    }
    if !sampled.isEmpty {
      blocks.append(
        .init(
          "sampled", lines: [sampled.joined(separator: ", ")], kind: Step.Kind.sampled.color))
    }
    let lines = description.split(separator: "\n").map(String.init)
    let verdict = lines.last(where: { $0.hasSuffix(".") }) ?? ""
    return ListingPicture(title: "Plan. \(verdict)", blocks: blocks)
  }
}

extension Plan.Step.Kind {
  fileprivate var color: Int {
    switch self {
    case .rows: 0
    case .integrated: 2
    case .notIntegrated: 1
    case .sampled: 3
    }
  }
}

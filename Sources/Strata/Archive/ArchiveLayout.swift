import StrataModels

/// How quantities, factors and outcomes are called in an archive. Every name is used once, and none is a path.
struct ArchiveLayout {
  /// A quantity: a number for each draw, or one for each label of a dimension.
  struct Variable {
    var name: String
    /// Where its numbers start in those of a draw.
    var start: Int
    var dimension: Dimension?
    /// How many numbers it has in a draw.
    var count: Int { dimension?.labels.count ?? 1 }
  }

  /// A dimension with its coordinates.
  struct Dimension {
    var name: String
    var labels: [String]

    /// Whole numbers where all labels are.
    var values: ZarrWriter.Values {
      let numbers = labels.compactMap { label in Int(label).flatMap { "\($0)" == label ? $0 : nil }
      }
      return numbers.count == labels.count ? .integers(numbers) : .texts(labels)
    }
  }

  private(set) var variables: [Variable] = []
  /// The outcomes' names, in their order.
  private(set) var outcomes: [String] = []
  let rows: Dimension
  private var taken: Set<String> = ["chain", "draw", "row"]

  /// - Parameter starts: where in a draw each quantity that was kept starts.
  init(_ bound: BoundModel, starts: [String: Int]) {
    rows = Dimension(name: "row", labels: bound.layout.table.rowFactor().levels)
    let kept = bound.quantities.filter { starts[$0.name] != nil }
    for quantity in kept {
      variables.append(Variable(name: free(quantity.name), start: starts[quantity.name]!))
    }
    for outcome in bound.outcomes { outcomes.append(free(outcome.subject)) }
    var factors: [Int: Dimension] = [:]
    for (index, quantity) in kept.enumerated() {
      switch quantity.domain {
      case .factor(let number):
        let factor = bound.layout.factors[number]
        let name = factors[number]?.name ?? free(factor.columns.joined(separator: "_"))
        let isRows = factor.columns.isEmpty
        factors[number] = isRows ? rows : Dimension(name: name, labels: factor.levels)
        variables[index].dimension = factors[number]
      case .coefficients(let number):
        variables[index].dimension = Dimension(
          name: free("\(quantity.name)_column"), labels: bound.layout.coefficientColumns[number])
      case .scalar, .rows, .cells: break
      }
    }
  }

  /// A name that nothing has yet and that is the name of one file.
  private mutating func free(_ wanted: String) -> String {
    var name = String(wanted.map { "/\\\0".contains($0) ? "_" : $0 })
    if name.isEmpty || name.hasPrefix(".") { name = "_" + name }
    while taken.contains(name) { name += "_" }
    taken.insert(name)
    return name
  }
}

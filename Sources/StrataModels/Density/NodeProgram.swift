internal import StrataKernels

/// Computes the values of some nodes of a model at a position.
///
/// Immutable; every thread needs a workspace of its own.
struct NodeProgram: Sendable {
  private let program: KernelProgram
  private let places: [Graph.Node: Place]
  /// The values that are known before any position is.
  private let fixed: FixedNumbers

  fileprivate enum Place {
    case fixed(Int, isShared: Bool)
    case computed(Int, isShared: Bool)
  }

  init(_ nodes: [Graph.Node], of bound: BoundModel, _ units: Units) {
    var model = bound
    model.quantities = Set(nodes).sorted().map {
      BoundModel.Quantity(
        name: "", domain: bound.graph.domains[$0], node: $0, isDeterministic: true)
    }
    var compiler = ProgramCompiler(model, units: units, for: .report)
    let (program, offsets) = compiler.compile()
    var places: [Graph.Node: Place] = [:]
    var numbers: [Double] = []
    for (quantity, offset) in zip(model.quantities, offsets) {
      let node = quantity.node
      if let values = bound.graph.fixedValues(node) {
        places[node] = .fixed(numbers.count, isShared: values.count == 1)
        numbers += values
      } else {
        let count = bound.layout.count(quantity.domain)
        places[node] = .computed(offset, isShared: count == 1)
      }
    }
    self.program = program
    self.places = places
    fixed = FixedNumbers(numbers)
  }

  func makeWorkspace() -> KernelProgram.Workspace { program.makeWorkspace() }

  /// The values at a position; valid until the workspace is used again.
  func values(
    at position: UnsafePointer<Double>, workspace: KernelProgram.Workspace
  ) -> Values {
    Values(
      places: places, computed: program.values(at: position, workspace: workspace),
      fixed: UnsafePointer(fixed.start))
  }

  /// The values at one position.
  struct Values {
    fileprivate let places: [Graph.Node: Place]
    fileprivate let computed: UnsafePointer<Double>
    fileprivate let fixed: UnsafePointer<Double>

    /// One number per element, or one for all.
    subscript(_ node: Graph.Node) -> DensityValues {
      switch places[node]! {
      case .fixed(let offset, let isShared): DensityValues(fixed + offset, isShared: isShared)
      case .computed(let offset, let isShared): DensityValues(computed + offset, isShared: isShared)
      }
    }
  }
}

/// Numbers at a fixed address.
private final class FixedNumbers: Sendable {
  // Sendable: written in `init` and only read until it is freed.
  nonisolated(unsafe) let start: UnsafeMutablePointer<Double>

  init(_ numbers: [Double]) {
    start = .allocate(capacity: max(1, numbers.count))
    start.initialize(from: numbers, count: numbers.count)
  }

  deinit { start.deallocate() }
}

internal import StrataKernels

/// The values of some nodes of a model at a position.
struct NodeValues {
  private let program: KernelProgram
  private let workspace: KernelProgram.Workspace
  private var places: [Graph.Node: Place] = [:]

  fileprivate enum Place {
    case fixed([Double])
    case offset(Int, count: Int)
  }

  init(_ nodes: [Graph.Node], of bound: BoundModel, _ units: Units) {
    var model = bound
    model.quantities = Set(nodes).sorted().map {
      BoundModel.Quantity(
        name: "", domain: bound.graph.domains[$0], node: $0, isDeterministic: true)
    }
    var compiler = ProgramCompiler(model, units: units, for: .report)
    let (program, offsets) = compiler.compile()
    for (quantity, offset) in zip(model.quantities, offsets) {
      let node = quantity.node
      places[node] =
        bound.graph.fixedValues(node).map { .fixed($0) }
        ?? .offset(offset, count: bound.layout.count(quantity.domain))
    }
    self.program = program
    workspace = program.makeWorkspace()
  }

  /// The values at a position; valid until the next is evaluated.
  func evaluated(at position: [Double]) -> Evaluated {
    Evaluated(places: places, values: program.values(at: position, workspace: workspace))
  }

  struct Evaluated {
    fileprivate let places: [Graph.Node: Place]
    fileprivate let values: UnsafePointer<Double>

    subscript(_ node: Graph.Node) -> Vector {
      switch places[node]! {
      case .fixed(let numbers): Vector(numbers)
      case .offset(let offset, let count):
        Vector(Array(UnsafeBufferPointer(start: values + offset, count: count)))
      }
    }
  }

  /// One number per element, or one for all.
  struct Vector {
    private let numbers: [Double]
    private let stride: Int

    init(_ numbers: [Double]) {
      self.numbers = numbers
      stride = numbers.count == 1 ? 0 : 1
    }

    subscript(_ element: Int) -> Double {
      @inline(__always) get { numbers[element * stride] }
    }
  }
}

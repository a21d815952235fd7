internal import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts a ``KernelProgram`` together step by step.
///
/// Steps before ``beginRows(_:)`` form the prologue: their vectors have as many elements as the step says.
/// Steps after it run over the rows of the table, in blocks.
package struct KernelProgramBuilder {
  private var prologue: [strata_instruction] = []
  private var rows: [strata_instruction] = []
  private var inRows = false
  private var shape = ProgramShape()
  private let storage = Storage()
  private var data: [UnsafePointer<Double>] = []

  package init() {}

  // MARK: Operands

  /// Numbers that never change, one per element, or a single one shared by all.
  package mutating func constant(_ values: [Double]) -> KernelOperand {
    data.append(UnsafePointer(storage.keep(values)))
    return KernelOperand(place: .data(data.count - 1), count: values.count)
  }

  /// One element of a vector of the prologue.
  package func element(_ index: Int, of operand: KernelOperand) -> KernelOperand {
    guard case .vector(let offset) = operand.place, index < operand.count else {
      preconditionFailure("only an element of a prologue vector can be picked")
    }
    return KernelOperand(place: .vector(offset + index), count: 1)
  }

  private mutating func makeOutput(count: Int) -> KernelOperand {
    if inRows {
      defer { shape.blockSize += Int(STRATA_BLOCK) }
      return KernelOperand(place: .block(shape.blockSize), count: count)
    }
    defer { shape.vectorSize += count }
    return KernelOperand(place: .vector(shape.vectorSize), count: count)
  }

  // MARK: Steps

  /// From here on, steps run over `count` rows.
  package mutating func beginRows(_ count: Int) {
    inRows = true
    shape.rowCount = count
  }

  /// Adds `value` to the log density: what depends on data alone.
  package mutating func addConstant(_ value: Double) { shape.constant += value }

  /// `count` new parameters; their unconstrained numbers are the next ones of the position, measured in
  /// `unit`.
  package mutating func parameter(
    count: Int, _ transform: ParameterTransform, unit: ParameterUnit = ParameterUnit()
  ) -> KernelOperand {
    precondition(!inRows, "parameters belong to the prologue")
    let out = makeOutput(count: count)
    let (op, inputs): (strata_op, [KernelOperand]) =
      switch transform {
      case .unbounded: (STRATA_OP_UNBOUNDED, [])
      case .lower(let bound): (STRATA_OP_LOWER, [bound])
      case .upper(let bound): (STRATA_OP_UPPER, [bound])
      case .interval(let low, let high): (STRATA_OP_INTERVAL, [low, high])
      }
    var step = instruction(op, out: out, inputs: inputs)
    step.parameter = shape.dimension
    (step.center, step.scale, step.log_scale) = (unit.center, unit.scale, log(unit.scale))
    shape.dimension += count
    append(step)
    return out
  }

  package mutating func unary(_ operation: UnaryOperation, _ x: KernelOperand) -> KernelOperand {
    let out = makeOutput(count: x.count)
    append(instruction(operation.code, out: out, inputs: [x]))
    return out
  }

  /// Inputs have the same number of elements, or one of them a single one.
  package mutating func binary(_ operation: BinaryOperation, _ x: KernelOperand, _ y: KernelOperand)
    -> KernelOperand
  {
    let out = makeOutput(count: max(x.count, y.count))
    append(instruction(operation.code, out: out, inputs: [x, y]))
    return out
  }

  /// `x * y + z`.
  package mutating func multiplyAdd(_ x: KernelOperand, _ y: KernelOperand, _ z: KernelOperand)
    -> KernelOperand
  {
    let out = makeOutput(count: max(x.count, y.count, z.count))
    append(instruction(STRATA_OP_FMA, out: out, inputs: [x, y, z]))
    return out
  }

  /// `source[codes[i]]`; the source is a vector of the prologue and every code one of its indices.
  package mutating func gather(_ source: KernelOperand, codes: [Int32]) -> KernelOperand {
    precondition(codes.allSatisfy { $0 >= 0 && Int($0) < source.count }, "code outside the factor")
    let out = makeOutput(count: codes.count)
    var step = instruction(STRATA_OP_GATHER, out: out, inputs: [source])
    step.codes = UnsafePointer(storage.keep(codes))
    append(step)
    return out
  }

  /// The product of a matrix, given by its columns, and the coefficient vector.
  package mutating func dot(columns: [[Double]], coefficients: KernelOperand) -> KernelOperand {
    precondition(columns.count == coefficients.count, "one coefficient per column")
    // Chains run in parallel, each on its own core; BLAS's own threads would fight them.
    LinearAlgebra.useOneThread()
    let out = makeOutput(count: columns[0].count)
    var step = instruction(STRATA_OP_DOT, out: out, inputs: [coefficients])
    step.matrix = UnsafePointer(storage.keep(columns.flatMap { $0 }))
    step.stride = columns[0].count
    step.columns = columns.count
    append(step)
    return out
  }

  /// Adds `log f(variate | arguments)`, summed over the elements.
  package mutating func density(
    _ family: DensityFamily, of variate: KernelOperand, _ arguments: [KernelOperand]
  ) {
    let count = max(variate.count, arguments.map(\.count).max() ?? 1)
    var step = instruction(STRATA_OP_DENSITY, out: variate, inputs: arguments)
    step.out.shared = variate.count < count ? 1 : 0
    step.family = family.rawValue
    step.count = count
    append(step)
  }

  /// Adds the sum of the elements to the log density.
  package mutating func term(_ x: KernelOperand) {
    append(instruction(STRATA_OP_TERM, out: x, inputs: []))
  }

  /// The finished program.
  package func build() -> KernelProgram {
    KernelProgram(prologue: prologue, rows: rows, shape: shape, storage: storage)
  }

  // MARK: Encoding

  private mutating func append(_ step: strata_instruction) {
    if inRows { rows.append(step) } else { prologue.append(step) }
  }

  private func instruction(_ op: strata_op, out: KernelOperand, inputs: [KernelOperand])
    -> strata_instruction
  {
    let count = max(out.count, inputs.map(\.count).max() ?? 1)
    let encoded = inputs.map { encode($0, among: count) }
    let none = strata_operand()
    return strata_instruction(
      op: Int32(op.rawValue), family: 0, out: encode(out, among: out.count),
      in: (
        encoded.first ?? none, encoded.count > 1 ? encoded[1] : none,
        encoded.count > 2 ? encoded[2] : none
      ),
      count: out.count, parameter: 0, center: 0, scale: 1, log_scale: 0, codes: nil, matrix: nil,
      stride: 0,
      columns: 0)
  }

  /// A single number among several elements is shared by them.
  private func encode(_ operand: KernelOperand, among count: Int) -> strata_operand {
    let shared: Int32 = operand.count == 1 && count > 1 ? 1 : 0
    return switch operand.place {
    case .data(let index):
      strata_operand(
        data: data[index], offset: 0, storage: Int32(STRATA_STORAGE_DATA.rawValue), shared: shared)
    case .vector(let offset):
      strata_operand(
        data: nil, offset: offset, storage: Int32(STRATA_STORAGE_VECTOR.rawValue), shared: shared)
    case .block(let offset):
      strata_operand(
        data: nil, offset: offset, storage: Int32(STRATA_STORAGE_BLOCK.rawValue), shared: shared)
    }
  }
}

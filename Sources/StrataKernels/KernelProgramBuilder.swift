internal import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts a ``KernelProgram`` together, section by section and step by step.
package struct KernelProgramBuilder {
  /// How the steps of a section run.
  package enum Section: Sendable {
    /// Every step has as many elements as its operands: scalars, coefficient vectors.
    case loose
    /// All steps have this many elements; what they compute is kept for other sections.
    case open(Int)
    /// All steps have this many elements, and nothing outside the section reads what they compute.
    case closed(Int)
  }

  private var sections: [strata_section] = []
  private var steps: [strata_instruction] = []
  private var section = Section.loose
  private var blockSize = 0
  private var shape = ProgramShape()
  private let storage = Storage()
  private var data: [UnsafeMutablePointer<Double>] = []

  package init() {}

  // MARK: Sections

  /// From here on, steps belong to a new section.
  package mutating func begin(_ section: Section) {
    endSection()
    self.section = section
  }

  private mutating func endSection() {
    guard !steps.isEmpty else { return }
    // One more vector, because steps that spread values write whole vectors.
    let size = blockSize + lanes
    shape.blockSize = max(shape.blockSize, size)
    var done = strata_section()
    done.steps = UnsafePointer(storage.keep(steps))
    done.step_count = steps.count
    done.block_size = size
    switch section {
    case .loose: done.loose = 1
    case .open(let count): done.count = count
    case .closed(let count):
      done.count = count
      done.closed = 1
      ChunkLayout(count: count, steps: steps)?.describe(&done, storage)
    }
    sections.append(done)
    steps = []
    blockSize = 0
  }

  /// The finished program.
  package mutating func build() -> KernelProgram {
    endSection()
    return KernelProgram(sections: sections, shape: shape, storage: storage)
  }

  /// Adds `value` to the log density: what depends on data alone.
  package mutating func addConstant(_ value: Double) { shape.constant += value }

  // MARK: Operands

  /// Numbers that never change, one per element, or a single one shared by all.
  package mutating func constant(_ values: [Double]) -> KernelOperand {
    let room = values.isEmpty ? [] : Array(repeating: values.last!, count: padded(values.count))
    let copy = storage.keep(room)
    copy.update(from: values, count: values.count)
    data.append(copy)
    return KernelOperand(place: .data(data.count - 1), count: values.count)
  }

  private func fixedValues(_ operand: KernelOperand) -> [Double]? {
    guard case .data(let index) = operand.place else { return nil }
    return Array(UnsafeBufferPointer(start: data[index], count: operand.count))
  }

  /// One element of a vector of a loose or open section.
  package func element(_ index: Int, of operand: KernelOperand) -> KernelOperand {
    guard case .vector(let offset) = operand.place, index < operand.count else {
      preconditionFailure("only an element of a whole vector can be picked")
    }
    return KernelOperand(place: .vector(offset + index), count: 1)
  }

  private mutating func makeOutput(count: Int) -> KernelOperand {
    if case .closed(let sectionCount) = section {
      defer { blockSize += min(Int(STRATA_BLOCK), padded(sectionCount)) }
      return KernelOperand(place: .block(blockSize), count: count)
    }
    defer { shape.vectorSize += padded(count) }
    return KernelOperand(place: .vector(shape.vectorSize), count: count)
  }

  // MARK: Steps

  /// New parameters, one for each of the `positions` that their unconstrained numbers have, measured in
  /// `units`: one for all, or one each.
  package mutating func parameters(
    at positions: Range<Int>, _ transform: ParameterTransform, units: [ParameterUnit]
  ) -> KernelOperand {
    parameters(count: positions.count, transform, units) { $0.parameter = positions.lowerBound }
  }

  package mutating func parameters(
    at positions: [Int], _ transform: ParameterTransform, units: [ParameterUnit]
  ) -> KernelOperand {
    let places = storage.keep(positions.map(Int32.init))
    return parameters(count: positions.count, transform, units) {
      $0.positions = UnsafePointer(places)
    }
  }

  private mutating func parameters(
    count: Int, _ transform: ParameterTransform, _ units: [ParameterUnit],
    _ place: (inout strata_instruction) -> Void
  ) -> KernelOperand {
    let out = makeOutput(count: count)
    let (op, inputs): (strata_op, [KernelOperand]) =
      switch transform {
      case .unbounded: (STRATA_OP_UNBOUNDED, [])
      case .lower(let bound): (STRATA_OP_LOWER, [bound])
      case .upper(let bound): (STRATA_OP_UPPER, [bound])
      case .interval(let low, let high): (STRATA_OP_INTERVAL, [low, high])
      }
    var step = instruction(op, out: out, inputs: inputs)
    place(&step)
    let (centers, scales) = (constant(units.map(\.center)), constant(units.map(\.scale)))
    step.center = encode(centers, among: count)
    step.scale = encode(scales, among: count)
    let logScales = units.reduce(0) { $0 + log($1.scale) }
    shape.jacobianConstant += units.count == count ? logScales : Double(count) * logScales
    shape.dimension += count
    steps.append(step)
    return out
  }

  package mutating func unary(_ operation: UnaryOperation, _ x: KernelOperand) -> KernelOperand {
    let out = makeOutput(count: x.count)
    steps.append(instruction(operation.code, out: out, inputs: [x]))
    return out
  }

  /// Inputs have the same number of elements, or one of them a single one.
  package mutating func binary(_ operation: BinaryOperation, _ x: KernelOperand, _ y: KernelOperand)
    -> KernelOperand
  {
    let out = makeOutput(count: max(x.count, y.count))
    steps.append(instruction(operation.code, out: out, inputs: [x, y]))
    return out
  }

  /// `x * y + z`.
  package mutating func multiplyAdd(_ x: KernelOperand, _ y: KernelOperand, _ z: KernelOperand)
    -> KernelOperand
  {
    let out = makeOutput(count: max(x.count, y.count, z.count))
    steps.append(instruction(STRATA_OP_FMA, out: out, inputs: [x, y, z]))
    return out
  }

  /// Codes to look a vector up by; make them once for all vectors that are looked up with them.
  package mutating func codes(_ codes: [Int32]) -> KernelCodes {
    KernelCodes(codes, keptIn: storage)
  }

  /// `source[codes[i]]`; the source is a whole vector and every code one of its indices.
  package mutating func gather(_ source: KernelOperand, _ codes: KernelCodes) -> KernelOperand {
    precondition(codes.limit <= source.count, "code outside the factor")
    let out = makeOutput(count: codes.count)
    var step = instruction(STRATA_OP_GATHER, out: out, inputs: [source])
    step.codes = codes.codes
    // Where values are spread, whole vectors are written: only block storage has room for that.
    if case .block = out.place, let runs = codes.runs {
      step.op = Int32(STRATA_OP_SPREAD.rawValue)
      step.runs = runs.all
      step.block_runs = runs.firstOfBlock
    }
    steps.append(step)
    return out
  }

  /// The product of a matrix, given by its columns, and the coefficient vector.
  package mutating func dot(columns: [[Double]], coefficients: KernelOperand) -> KernelOperand {
    precondition(columns.count == coefficients.count, "one coefficient per column")
    let out = makeOutput(count: columns[0].count)
    var step = instruction(STRATA_OP_DOT, out: out, inputs: [coefficients])
    step.matrix = UnsafePointer(storage.keep(tiles(of: columns)))
    step.columns = columns.count
    steps.append(step)
    return out
  }

  /// The columns, tile of rows after tile of rows.
  private func tiles(of columns: [[Double]]) -> [Double] {
    let rows = columns[0].count
    let height = Int(STRATA_DESIGN_TILE)
    var tiles: [Double] = []
    tiles.reserveCapacity((rows + height) * columns.count)
    for start in stride(from: 0, to: rows, by: height) {
      let end = min(start + height, rows)
      for column in columns {
        tiles += column[start..<end]
        tiles += repeatElement(0, count: height - (end - start))
      }
    }
    return tiles
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
    if variate.count == count { useOwnLoop(&step, family, arguments, count) }
    steps.append(step)
  }

  /// The families that have loops of their own in programs.
  private mutating func useOwnLoop(
    _ step: inout strata_instruction, _ family: DensityFamily, _ arguments: [KernelOperand],
    _ count: Int
  ) {
    guard family == .normal || family == .cauchy else { return }
    guard let scales = fixedValues(arguments[1]) else {
      if family == .normal { step.op = Int32(STRATA_OP_NORMAL.rawValue) }
      return
    }
    // A scale that is known needs neither division nor logarithm again.
    let inverse = constant(scales.map { $0 > 0 && $0.isFinite ? 1 / $0 : .nan })
    step.op = Int32(
      (family == .normal ? STRATA_OP_NORMAL_SCALED : STRATA_OP_CAUCHY_SCALED).rawValue)
    step.in.1 = encode(inverse, among: count)
    let logs = scales.reduce(0) { $0 + log($1) }
    let each = family == .normal ? 0.5 * log(2 * Double.pi) : log(Double.pi)
    shape.constant -= (scales.count == count ? logs : Double(count) * logs) + Double(count) * each
  }

  /// The most coefficients that ``normalGroups(_:sd:triangle:targets:)`` takes.
  package static let mostCoefficients = Int(STRATA_MOST_COEFFICIENTS)

  /// Adds -|q - R c|² / (2 sd²) for each element: c its coefficients, R its upper triangle (`triangle[j][m]`, one
  /// number per element), q its `targets[j]`.
  package mutating func normalGroups(
    _ coefficients: [KernelOperand], sd: KernelOperand, triangle: [[[Double]]],
    targets: [[Double]]
  ) {
    let count = targets[0].count
    var packed: [Double] = []
    for first in stride(from: 0, to: padded(count), by: lanes) {
      for j in targets.indices {
        for column in [targets[j]] + triangle[j][j...] {
          packed += (first..<first + lanes).map { $0 < count ? column[$0] : 0 }
        }
      }
    }
    var step = instruction(STRATA_OP_NORMAL_GROUPS, out: sd, inputs: [])
    step.out = unused
    step.in.0 = encode(sd, among: count)
    step.count = count
    step.matrix = UnsafePointer(storage.keep(packed))
    step.columns = targets.count
    step.coefficients = UnsafePointer(
      storage.keep(coefficients.map { encode($0, among: count) }))
    steps.append(step)
  }

  /// Adds -rows (log sd + log(2 pi) / 2) - (residual / sd)² / 2 for each element of the sd.
  package mutating func normalRest(sd: KernelOperand, rows: [Double], residuals: [Double]) {
    precondition(rows.count == sd.count, "one number of rows per sd")
    let inputs = [constant(rows), constant(residuals)]
    steps.append(instruction(STRATA_OP_NORMAL_REST, out: sd, inputs: inputs))
  }

  /// Adds lgamma(alpha + y) - lgamma(alpha) - y log alpha, summed over the outcomes y of each element.
  package mutating func rising(_ alpha: KernelOperand, over outcomes: [CountTable]) {
    precondition(outcomes.count == alpha.count, "one table of outcomes per dispersion")
    var step = instruction(STRATA_OP_RISING, out: alpha, inputs: [])
    step.rising = CountTable.encode(outcomes, keptIn: storage)
    steps.append(step)
  }

  /// Adds what NegBinomial rows need beside ``rising(_:over:)``: each element stands for `sizes` rows whose
  /// outcomes add up to `totals`.
  package mutating func negBinomialTail(
    totals: KernelOperand, sizes: KernelOperand, mean: KernelOperand, isLog: Bool,
    dispersion: KernelOperand
  ) {
    let count = max(totals.count, mean.count, dispersion.count)
    var step = instruction(
      isLog ? STRATA_OP_NEG_BINOMIAL_LOG_TAIL : STRATA_OP_NEG_BINOMIAL_TAIL, out: totals,
      inputs: [sizes, mean, dispersion])
    step.count = count
    steps.append(step)
  }

  // MARK: Encoding

  private func instruction(_ op: strata_op, out: KernelOperand, inputs: [KernelOperand])
    -> strata_instruction
  {
    let count = max(out.count, inputs.map(\.count).max() ?? 1)
    let encoded = inputs.map { encode($0, among: count) }
    let none = unused
    var step = strata_instruction()
    step.op = Int32(op.rawValue)
    step.out = encode(out, among: out.count)
    step.in = (
      encoded.first ?? none, encoded.count > 1 ? encoded[1] : none,
      encoded.count > 2 ? encoded[2] : none
    )
    (step.center, step.scale) = (none, none)
    step.count = out.count
    return step
  }

  private var unused: strata_operand {
    var none = strata_operand()
    none.shared = 1
    return none
  }

  /// A single number among several elements is shared by them.
  private func encode(_ operand: KernelOperand, among count: Int) -> strata_operand {
    let shared: Int32 = operand.count == 1 && count > 1 ? 1 : 0
    return switch operand.place {
    case .data(let index):
      strata_operand(
        data: UnsafePointer(data[index]), offset: 0, storage: Int32(STRATA_STORAGE_DATA.rawValue),
        shared: shared)
    case .vector(let offset):
      strata_operand(
        data: nil, offset: offset, storage: Int32(STRATA_STORAGE_VECTOR.rawValue), shared: shared)
    case .block(let offset):
      strata_operand(
        data: nil, offset: offset, storage: Int32(STRATA_STORAGE_BLOCK.rawValue), shared: shared)
    }
  }
}

/// Doubles in a vector of the kernels.
private let lanes = 8

private func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

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
  var steps: [strata_instruction] = []
  private var section = Section.loose
  private var blockSize = 0
  var shape = ProgramShape()
  let storage = Storage()
  private var data: [UnsafeMutablePointer<Double>] = []
  /// What a Gaussian block needs to be drawn; nil if there is none.
  var gaussianDraw: GaussianDrawSize?

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
    return KernelProgram(
      sections: sections, shape: shape, elements: ProgramElements(sections, shape),
      storage: storage, gaussianDraw: gaussianDraw)
  }

  /// Adds `value` to the log density: what depends on data alone.
  package mutating func addConstant(_ value: Double) { shape.constant += value }

  // MARK: Operands

  /// Numbers that never change, one per element, or a single one shared by all.
  package mutating func constant(_ values: [Double]) -> KernelOperand {
    // One more vector, because an element in the middle of a vector may be asked for alone.
    let room =
      values.isEmpty ? [] : Array(repeating: values.last!, count: padded(values.count) + lanes)
    let copy = storage.keep(room)
    copy.update(from: values, count: values.count)
    data.append(copy)
    return KernelOperand(place: .data(data.count - 1), count: values.count)
  }

  func fixedValues(_ operand: KernelOperand) -> [Double]? {
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

  mutating func makeOutput(count: Int) -> KernelOperand {
    if case .closed(let sectionCount) = section {
      defer { blockSize += min(Int(STRATA_BLOCK), padded(sectionCount)) }
      return KernelOperand(place: .block(blockSize), count: count)
    }
    defer { shape.adjointSize = shape.vectorSize }
    return makeScratch(count: count)
  }

  /// A vector without adjoints, if nothing comes after it.
  mutating func makeScratch(count: Int) -> KernelOperand {
    // One more vector, as in `constant`: what is written past an element must not reach scalars.
    defer { shape.vectorSize += padded(count) + (count > 1 ? lanes : 0) }
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
    let (op, inputs): (strata_op, [KernelOperand]) =
      switch transform {
      case .unbounded: (STRATA_OP_UNBOUNDED, [])
      case .lower(let bound): (STRATA_OP_LOWER, [bound])
      case .lowerSpread(let bound): (STRATA_OP_LOWER_SPREAD, [bound])
      case .upper(let bound): (STRATA_OP_UPPER, [bound])
      case .interval(let low, let high): (STRATA_OP_INTERVAL, [low, high])
      case .folded(let limit): (STRATA_OP_FOLDED, [limit])
      }
    return self.transform(op, count: count, inputs: inputs, units, place)
  }

  private mutating func transform(
    _ op: strata_op, count: Int, inputs: [KernelOperand], _ units: [ParameterUnit],
    _ place: (inout strata_instruction) -> Void
  ) -> KernelOperand {
    let out = makeOutput(count: count)
    var step = instruction(op, out: out, inputs: inputs)
    place(&step)
    let (centers, scales) = (constant(units.map(\.center)), constant(units.map(\.scale)))
    step.center = encode(centers, among: count)
    step.scale = encode(scales, among: count)
    let logScales = units.reduce(0) { $0 + log($1.scale) }
    shape.jacobianConstant += units.count == count ? logScales : Double(count) * logScales
    if op == STRATA_OP_FOLDED { shape.jacobianConstant -= Double(count) * log(2) }
    shape.dimension += count
    steps.append(step)
    return out
  }

  /// `location + spread * z` for parameters z with a Normal(mean, sd) prior that are only used so: one step for
  /// the parameters, their prior and the sum.
  package mutating func noncentred(
    at positions: Range<Int>, unit: ParameterUnit, mean: Double, sd: Double,
    location: KernelOperand, spread: KernelOperand
  ) -> KernelOperand {
    let prior = constant([(unit.center - mean) / sd, unit.scale / sd])
    let count = positions.count
    shape.constant -= Double(count) * (log(sd) + 0.5 * log(2 * Double.pi))
    return transform(
      STRATA_OP_NONCENTRED, count: count, inputs: [location, spread, prior], [unit]
    ) { $0.parameter = positions.lowerBound }
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

  // MARK: Encoding

  func instruction(_ op: strata_op, out: KernelOperand, inputs: [KernelOperand])
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

  var unused: strata_operand {
    var none = strata_operand()
    none.shared = 1
    return none
  }

  /// A single number among several elements is shared by them.
  func encode(_ operand: KernelOperand, among count: Int) -> strata_operand {
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
let lanes = 8

func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

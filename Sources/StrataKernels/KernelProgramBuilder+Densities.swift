internal import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Steps that add to the log density.
extension KernelProgramBuilder {
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
}

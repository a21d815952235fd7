internal import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension KernelProgramBuilder {
  /// New standardised effects z, one per level, with their standard normal prior. Their coordinates are
  ///
  ///     u = (z - spread c² pull) / c,    c = 1 / sqrt(1 + spread² information)
  ///
  /// standard normal in the posterior, whatever the spread, if the likelihood of an effect location + spread z is
  /// Normal with this information, and `pull` its slope at the location. They change no density: without
  /// information and pull, u is z.
  package mutating func effects(
    at positions: Range<Int>, spread: KernelOperand, information: [Double], pull: KernelOperand
  ) -> KernelOperand {
    let count = positions.count
    precondition(information.count == count, "one information per level")
    let roots = constant(information.map { $0.squareRoot() })
    let out = makeOutput(count: count)
    var step = instruction(STRATA_OP_EFFECTS, out: out, inputs: [spread, pull, roots])
    step.parameter = positions.lowerBound
    shape.constant -= Double(count) * 0.5 * log(2 * Double.pi)
    shape.dimension += count
    steps.append(step)
    return out
  }
}

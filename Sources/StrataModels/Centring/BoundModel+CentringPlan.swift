#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension BoundModel {
  /// A line of the plan for each of the effects that are sampled in coordinates of their own.
  var centringSteps: [Plan.Step] {
    effects.map { effects in
      let parameter = parameters[effects.parameter]
      let place = name(of: parameter.domain)
      let action =
        effects.weights.map { "sampled, centred by \(range(of: $0)) per level of \(place)" }
        ?? "sampled, each level of \(place) centred as far as warmup finds good"
      return Plan.Step(kind: .sampled, subject: parameter.name, action: action)
    }
  }

  private func range(of weights: [Double]) -> String {
    let low = hundredths(weights.min() ?? 0)
    let high = hundredths(weights.max() ?? 0)
    return low == high ? low : "\(low) to \(high)"
  }

  private func hundredths(_ x: Double) -> String {
    let all = Int((100 * x).rounded())
    let digits = all % 100 < 10 ? "0\(all % 100)" : "\(all % 100)"
    return "\(all / 100).\(digits)"
  }
}

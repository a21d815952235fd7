package import StrataKernels

/// One way to write a distribution, `Gamma(shape, rate)` or `Gamma(mean = , sd = )`, and how it becomes
/// one of the kernel families.
package struct DistributionForm: Sendable {
  /// An argument: its label and what it must satisfy.
  package struct Parameter: Sendable {
    package var label: String
    package var requirement: Requirement
  }

  /// What an argument must satisfy; checked at once where it is known before sampling.
  package enum Requirement: Sendable {
    case real, positive, notNegative, probability
    /// Strictly between 0 and 1.
    case fraction
    /// A number of trials: whole, not negative, and known (not a parameter).
    case trials
  }

  /// The distribution's name.
  package var name: String
  package var parameters: [Parameter]
  /// Whether the arguments may be given by position (the form that the field expects).
  package var positional: Bool
  /// Where the variate lives.
  package var support: Support
  /// The kernel's family and arguments.
  package var lower: @Sendable (inout Graph, [Graph.Node], Domain) throws -> Lowered

  /// `Gamma(mean = , sd = )`.
  package var signature: String {
    let inside = parameters.map { positional ? $0.label : "\($0.label) = " }
    return "\(name)(\(inside.joined(separator: ", ")))"
  }
}

/// Where a variate lives.
package enum Support: Hashable, Sendable {
  case real
  case positive
  /// Between 0 and 1.
  case unitInterval
  /// Between the first and the second argument; a missing one is no bound.
  case between(lower: Int?, upper: Int?)
  /// 0, 1, 2, …
  case counts
  /// 0 or 1.
  case binary
  /// 0 … n, n the first argument.
  case upToTrials

  /// Whether the variate is whole: such a distribution can only have data as its target.
  package var isDiscrete: Bool {
    switch self {
    case .counts, .binary, .upToTrials: true
    default: false
    }
  }
}

/// A distribution as the kernels know it.
package struct Lowered {
  /// Nil for an improper flat prior: no density is added.
  package var family: DensityFamily?
  package var arguments: [Graph.Node]
  /// Added per element: log 2 for the half-distributions.
  package var constant = 0.0
  /// Whether the variate is the size of a number from the family.
  package var isHalf: Bool { constant > 0 }
}

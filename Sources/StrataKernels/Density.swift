internal import CKernels

/// A family of densities that the kernels evaluate with gradients.
///
/// The formulas, domains and constants of each stand in `strata_density.h`.
package enum DensityFamily: Int32, CaseIterable, Sendable {
  case normal = 0
  case studentT = 1
  case cauchy = 2
  case logNormal = 3
  case laplace = 4
  case uniform = 5
  case exponential = 6
  case gamma = 7
  case inverseGamma = 8
  case beta = 9
  case negBinomial = 10
  case negBinomialLog = 11
  case poisson = 12
  case poissonLog = 13
  case bernoulli = 14
  case bernoulliLogit = 15
  case binomial = 16
  case binomialLogit = 17

  /// The names of the arguments after the variate, in order.
  package var argumentNames: [String] {
    switch self {
    case .normal: ["mean", "sd"]
    case .studentT: ["df", "location", "scale"]
    case .cauchy, .laplace: ["location", "scale"]
    case .logNormal: ["meanlog", "sdlog"]
    case .uniform: ["lower", "upper"]
    case .exponential, .poisson: ["rate"]
    case .gamma: ["shape", "rate"]
    case .inverseGamma: ["shape", "scale"]
    case .beta: ["alpha", "beta"]
    case .negBinomial: ["mean", "dispersion"]
    case .negBinomialLog: ["log mean", "dispersion"]
    case .poissonLog: ["log rate"]
    case .bernoulli: ["p"]
    case .bernoulliLogit: ["logit p"]
    case .binomial: ["n", "p"]
    case .binomialLogit: ["n", "logit p"]
    }
  }

  /// How many arguments follow the variate.
  package var argumentCount: Int { argumentNames.count }

  /// Whether the variate is a count: data, without a derivative.
  package var isDiscrete: Bool { rawValue >= Self.negBinomial.rawValue }
}

/// An argument of a density: one value for each observation, or one that all share.
package enum DensityArgument: Sendable {
  case shared(Double)
  case each([Double])

  /// The values as the kernel reads them.
  package var values: [Double] {
    switch self {
    case .shared(let value): [value]
    case .each(let values): values
    }
  }

  /// Whether one value serves all observations.
  package var isShared: Bool {
    if case .shared = self { true } else { false }
  }
}

/// What a density was given, when that does not fit together.
package enum DensityError: Error, Equatable, CustomStringConvertible {
  case wrongArgumentCount(family: DensityFamily, expected: [String], found: Int)
  case wrongLength(family: DensityFamily, argument: String, expected: Int, found: Int)

  package var description: String {
    switch self {
    case .wrongArgumentCount(let family, let expected, let found):
      "\(family) takes \(expected.count) arguments (\(expected.joined(separator: ", "))), not \(found)"
    case .wrongLength(let family, let argument, let expected, let found):
      "\(family): \(argument) has \(found) values for \(expected) observations; give \(expected), or one shared value"
    }
  }
}

/// A log density and its derivatives, each with as many values as its argument.
package struct DensityResult: Sendable, Equatable {
  /// The sum over all observations, without the terms of counts alone.
  package var value: Double
  /// With respect to the variate; empty if not wanted.
  package var variate: [Double]
  /// With respect to each argument; empty if not wanted.
  package var arguments: [[Double]]
}

/// Sums the log density of `family` over `count` observations, with the derivatives wanted.
///
/// A convenience over the kernel: it checks and allocates. `wanted` holds one flag for the variate
/// and one for each argument; by default all derivatives are computed. `adding` is the value that
/// every adjoint starts from.
///
/// - Throws: ``DensityError`` if the arguments don't fit the family or the count.
package func logDensity(
  _ family: DensityFamily, count: Int, y: DensityArgument, arguments: [DensityArgument],
  wanted: [Bool]? = nil, adding start: Double = 0
) throws(DensityError) -> DensityResult {
  try check(family, count: count, y: y, arguments: arguments)
  let wanted = wanted ?? Array(repeating: true, count: arguments.count + 1)
  let all = [y] + arguments
  var adjoints = zip(all, wanted).map { argument, isWanted in
    Array(repeating: start, count: isWanted ? argument.values.count : 0)
  }
  let value = withArguments(all, &adjoints, wanted) { y, arguments in
    strata_log_density(
      strata_family(rawValue: numericCast(family.rawValue)), count, y, arguments)
  }
  return DensityResult(value: value, variate: adjoints[0], arguments: Array(adjoints.dropFirst()))
}

/// The terms of the counts alone, which ``logDensity(_:count:y:arguments:wanted:adding:)`` leaves out.
///
/// It is 0 for continuous families and -infinity if a count is not a whole number in the support.
///
/// - Throws: ``DensityError`` if the arguments don't fit the family or the count.
package func logDensityConstant(
  _ family: DensityFamily, count: Int, y: DensityArgument, arguments: [DensityArgument]
) throws(DensityError) -> Double {
  try check(family, count: count, y: y, arguments: arguments)
  let all = [y] + arguments
  var adjoints = all.map { _ in [Double]() }
  return withArguments(all, &adjoints, all.map { _ in false }) { y, arguments in
    strata_log_density_constant(
      strata_family(rawValue: numericCast(family.rawValue)), count, y, arguments)
  }
}

private func check(
  _ family: DensityFamily, count: Int, y: DensityArgument, arguments: [DensityArgument]
) throws(DensityError) {
  let names = family.argumentNames
  guard arguments.count == names.count else {
    throw .wrongArgumentCount(family: family, expected: names, found: arguments.count)
  }
  for (name, argument) in zip(["y"] + names, [y] + arguments) where !argument.isShared {
    guard argument.values.count == count else {
      throw .wrongLength(
        family: family, argument: name, expected: count, found: argument.values.count)
    }
  }
}

/// Calls `body` with the C views of the variate and of its arguments, valid during the call.
private func withArguments(
  _ all: [DensityArgument], _ adjoints: inout [[Double]], _ wanted: [Bool],
  _ body: (strata_argument, UnsafePointer<strata_argument>) -> Double
) -> Double {
  let values = all.map(\.values)
  let starts = values.reduce(into: [0]) { $0.append($0.last! + $1.count) }
  let flat = values.flatMap(\.self)
  var flatAdjoint = zip(values, adjoints).flatMap { values, adjoint in
    adjoint.isEmpty ? values.map { _ in 0 } : adjoint
  }
  let result = flat.withUnsafeBufferPointer { values in
    flatAdjoint.withUnsafeMutableBufferPointer { adjoint in
      var views = Array(repeating: strata_argument(), count: 4)
      for index in all.indices {
        views[index].values = values.baseAddress.map { $0 + starts[index] }
        views[index].adjoint = wanted[index] ? adjoint.baseAddress.map { $0 + starts[index] } : nil
        views[index].shared = all[index].isShared ? 1 : 0
      }
      return views.withUnsafeBufferPointer { body($0[0], $0.baseAddress! + 1) }
    }
  }
  for index in all.indices where wanted[index] {
    adjoints[index] = Array(flatAdjoint[starts[index]..<starts[index + 1]])
  }
  return result
}

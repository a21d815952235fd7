import StrataKernels

/// What values an argument, or the variate, may take.
enum DensityDomain {
  case real, positive, nonNegative, probability, openUnit, trials, count, zeroOrOne, lower, upper,
    between

  /// An ordinary value inside.
  func sample(_ random: inout BitGenerator) -> Double {
    switch self {
    case .real: .random(in: -3...3, using: &random)
    case .positive, .nonNegative: .random(in: 0.3...6, using: &random)
    case .probability, .openUnit: .random(in: 0.05...0.95, using: &random)
    case .trials: Double(Int.random(in: 12...40, using: &random))
    case .count: Double(Int.random(in: 0...12, using: &random))
    case .zeroOrOne: Double(Int.random(in: 0...1, using: &random))
    case .lower: .random(in: -4 ... -3, using: &random)
    case .upper: .random(in: 3...5, using: &random)
    case .between: .random(in: -3...3, using: &random)
    }
  }

  /// Values outside.
  var outside: [Double] {
    let never = [Double.nan, .infinity, -.infinity]
    return switch self {
    case .real: never
    case .positive: never + [0, -0.0, -1, -.leastNonzeroMagnitude]
    case .nonNegative: never + [-1, -.leastNonzeroMagnitude]
    case .probability: never + [-1e-9, 1.000001, -1, 2]
    case .openUnit: never + [0, 1, -1, 2]
    case .trials: never + [-1, 3]  // 3: fewer than the successes of the sample
    case .count: never + [-1]
    case .zeroOrOne: never + [-1, 2, 0.5]
    case .lower: never + [7]
    case .upper: never + [-7]
    case .between: never + [-4.5, 5.5]
    }
  }
}

extension DensityFamily {
  /// The domain of the variate and of each argument.
  var domains: [DensityDomain] {
    switch self {
    case .normal, .cauchy, .laplace: [.real, .real, .positive]
    case .studentT: [.real, .positive, .real, .positive]
    case .logNormal: [.positive, .real, .positive]
    case .uniform: [.between, .lower, .upper]
    case .exponential: [.nonNegative, .positive]
    case .gamma, .inverseGamma: [.positive, .positive, .positive]
    case .beta: [.openUnit, .positive, .positive]
    case .negBinomial: [.count, .nonNegative, .positive]
    case .negBinomialLog: [.count, .real, .positive]
    case .poisson: [.count, .nonNegative]
    case .poissonLog: [.count, .real]
    case .bernoulli: [.zeroOrOne, .probability]
    case .bernoulliLogit: [.zeroOrOne, .real]
    case .binomial: [.count, .trials, .probability]
    case .binomialLogit: [.count, .trials, .real]
    }
  }

  /// Whether the variate (0) or an argument (1...) is data, without a derivative.
  func isData(_ index: Int) -> Bool {
    isDiscrete && index == 0 || (self == .binomial || self == .binomialLogit) && index == 1
  }

  /// `count` ordinary observations: the variate, then the arguments.
  func sample(_ count: Int, _ random: inout BitGenerator) -> [[Double]] {
    domains.map { domain in (0..<count).map { _ in domain.sample(&random) } }
  }

  /// The density and its derivatives, variate first, of rows as `sample` gives them.
  func evaluate(
    _ rows: [[Double]], shared: Set<Int> = [], wanted: [Bool]? = nil, adding: Double = 0
  ) throws -> (value: Double, derivatives: [[Double]]) {
    let all = rows.indices.map { index -> DensityArgument in
      shared.contains(index) ? .shared(rows[index][0]) : .each(rows[index])
    }
    let count = rows.indices.first { !shared.contains($0) }.map { rows[$0].count } ?? rows[0].count
    let result = try logDensity(
      self, count: count, y: all[0], arguments: Array(all.dropFirst()), wanted: wanted,
      adding: adding)
    return (result.value, [result.variate] + result.arguments)
  }
}

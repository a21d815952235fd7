import StrataSampling

/// What NUTS adds to a leapfrog step beyond its gradient: a standard normal whose gradient is known to cost little.
enum SamplerBenchmark {
  struct Result: Encodable {
    var dimension: Int
    /// Of the draws, warmup not counted.
    var leapfrogsPerDraw: Double
    /// One step with all that a chain does for it, draws and their random numbers included; the median of the turns.
    var leapfrogNanoseconds: Double
    /// One gradient that waits for the one before; the median of the turns.
    var gradientNanoseconds: Double
    /// The difference within a turn; the median of the turns.
    var beyondNanoseconds: Double
    /// The least step of all turns less the least gradient.
    var leastBeyondNanoseconds: Double
  }

  private static let turns = 61

  static func run(_ wants: (String) -> Bool) async throws -> [Result] {
    var results: [Result] = []
    for dimension in [10, 175, 1000] where wants("leapfrog \(dimension)") {
      results.append(try await measure(dimension: dimension))
    }
    printTable(
      "NUTS beyond the gradient, one thread",
      [
        "parameters", "leapfrogs per draw", "ns per leapfrog", "gradient alone", "beyond",
        "least beyond",
      ],
      results.map {
        [
          "\($0.dimension)", short($0.leapfrogsPerDraw), short($0.leapfrogNanoseconds),
          short($0.gradientNanoseconds), short($0.beyondNanoseconds),
          short($0.leastBeyondNanoseconds),
        ]
      })
    return results
  }

  /// A chain and a loop of gradients in turns, so that a machine that changes its speed changes it for both.
  private static func measure(dimension: Int) async throws -> Result {
    let density = SilentNormal(dimension: dimension)
    let draws = 2_000_000 / (dimension + 200)
    var (steps, all) = (0, 0)
    var (leapfrogs, gradients): ([Double], [Double]) = ([], [])
    for turn in 1...turns {
      let chain = try await sample(
        density, configuration: .nuts(NUTSConfiguration(draws: draws)),
        chains: ChainConfiguration(chains: 1, seed: UInt64(turn), threads: 1))[0]
      steps += chain.samplingEvaluations
      all += draws
      leapfrogs.append(1e9 * chain.samplingSeconds / Double(chain.samplingEvaluations))
      gradients.append(gradientNanoseconds(density, count: chain.samplingEvaluations))
    }
    func median(_ values: [Double]) -> Double { values.sorted()[turns / 2] }
    return Result(
      dimension: dimension, leapfrogsPerDraw: Double(steps) / Double(all),
      leapfrogNanoseconds: median(leapfrogs), gradientNanoseconds: median(gradients),
      beyondNanoseconds: median(zip(leapfrogs, gradients).map { $0 - $1 }),
      leastBeyondNanoseconds: leapfrogs.min()! - gradients.min()!)
  }

  private static func gradientNanoseconds(_ density: SilentNormal, count: Int) -> Double {
    let evaluation = density.makeEvaluation()
    var position = [Double](repeating: 0.5, count: density.dimension)
    var gradient = position
    return position.withUnsafeMutableBufferPointer { position in
      gradient.withUnsafeMutableBufferPointer { gradient in
        let (x, g) = (position.baseAddress!, gradient.baseAddress!)
        var total = 0.0
        let start = ContinuousClock.now
        for i in 0..<count {
          x[i % density.dimension] = 0.5 + 1e-300 * total
          total = evaluation.logDensity(at: UnsafePointer(x), gradient: g)
        }
        return 1e9 * ((ContinuousClock.now - start) / .seconds(1)) / Double(count)
      }
    }
  }
}

/// A standard normal that reports one number, so that the memory of the draws does not count.
private struct SilentNormal: LogDensity {
  let dimension: Int

  func makeEvaluation() -> Evaluation { Evaluation(dimension: dimension) }

  struct Evaluation: LogDensityEvaluation {
    let dimension: Int
    var reportedCount: Int { 1 }

    func logDensity(
      at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double {
      var sums = SIMD8<Double>.zero
      let whole = dimension / 8 * 8
      for i in stride(from: 0, to: whole, by: 8) {
        let x = UnsafeRawPointer(position + i).loadUnaligned(as: SIMD8<Double>.self)
        sums += x * x
        UnsafeMutableRawPointer(gradient + i).storeBytes(of: -x, as: SIMD8<Double>.self)
      }
      var sum = sums.sum()
      for i in whole..<dimension {
        sum += position[i] * position[i]
        gradient[i] = -position[i]
      }
      return -0.5 * sum
    }

    func logDensity(at position: UnsafePointer<Double>) -> Double {
      (0..<dimension).reduce(0) { $0 - 0.5 * position[$1] * position[$1] }
    }

    func report(
      at position: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>,
      random: inout RandomStream
    ) {
      output[0] = position[0]
    }
  }
}

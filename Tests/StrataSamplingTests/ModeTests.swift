import StrataSampling
import Testing

@Suite struct ModeTests {
  @Test(arguments: [2, 10, 50])
  func findsTheMinimumOfRosenbrock(dimension: Int) throws {
    let density = FunctionDensity(dimension: dimension) { x, gradient in
      var sum = 0.0
      for i in 0..<dimension { gradient[i] = 0 }
      for i in 0..<dimension - 1 {
        let (a, b) = (x[i + 1] - x[i] * x[i], 1 - x[i])
        sum -= 100 * a * a + b * b
        gradient[i] += 400 * a * x[i] + 2 * b
        gradient[i + 1] -= 200 * a
      }
      return sum
    }
    var start = [Double](repeating: 1, count: dimension)
    for i in stride(from: 0, to: dimension, by: 2) { start[i] = -1.2 }
    let mode = try findMode(of: density, initial: start)
    #expect(mode.gradientNorm < 1e-8)
    #expect(mode.logDensity > -4 && mode.iterations < 500)
    if mode.logDensity > -1e-10 {
      #expect(mode.position.allSatisfy { abs($0 - 1) < 1e-6 })
    }
    #expect(dimension > 2 || mode.logDensity > -1e-15)
  }

  @Test func aNormalDensityNeedsFewIterations() throws {
    let density = NormalDensity(scales: [1e-3, 1, 1e3])
    let mode = try findMode(of: density)
    #expect(abs(mode.position[0]) < 1e-6 && abs(mode.position[1]) < 1e-6)
    #expect(mode.logDensity > -1e-6 && mode.reported == mode.position)
  }

  /// log of a sum of exponentials: very flat far out, curved at the mode.
  @Test func aLogisticDensityFromFarAway() throws {
    let density = FunctionDensity(dimension: 1) { x, gradient in
      let e = TestMath.exp(-abs(x[0] - 3))
      gradient[0] = (x[0] > 3 ? -1 : 1) * (1 - e) / (1 + e)
      return -abs(x[0] - 3) - 2 * TestMath.log1p(e)
    }
    let mode = try findMode(of: density, initial: [1e4])
    #expect(abs(mode.position[0] - 3) < 1e-7)
  }

  @Test func anEdgeOfTheSupportIsNoObstacle() throws {
    // Gamma(3, 1) on x > 0 without a transform: the first steps overshoot.
    let density = FunctionDensity(dimension: 1) { x, gradient in
      guard x[0] > 0 else { return -.infinity }
      gradient[0] = 2 / x[0] - 1
      return 2 * TestMath.log(x[0]) - x[0]
    }
    #expect(abs(try findMode(of: density, initial: [0.01]).position[0] - 2) < 1e-7)
  }

  @Test func anUnboundedDensityIsAnError() throws {
    let linear = FunctionDensity(dimension: 2) { x, gradient in
      gradient[0] = -x[0]
      gradient[1] = 1
      return -0.5 * x[0] * x[0] + x[1]
    }
    let error = #expect(throws: SamplingError.self) { try findMode(of: linear) }
    guard case .unboundedDensity(_, _, let coordinate, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(coordinate == 1)
    #expect(try #require(error).description.hasPrefix("the density has no mode: after"))
  }

  /// A centred hierarchical model (eight schools): unbounded where tau goes to 0.
  @Test func aCentredHierarchicalModelIsUnbounded() throws {
    for seed in 0..<5 as Range<UInt64> {
      let error = #expect(throws: SamplingError.self) {
        try findMode(of: FunctionDensity.eightSchools, configuration: ModeConfiguration(seed: seed))
      }
      guard case .unboundedDensity(let logDensity, _, let coordinate, let value)? = error else {
        Issue.record("seed \(seed): \(String(describing: error))")
        continue
      }
      #expect(logDensity > 100 && coordinate == 9 && value < -15)
    }
  }

  @Test func theLimitOfIterationsIsAnError() throws {
    let density = NormalDensity(scales: [1e-3, 1, 1e3])
    let error = #expect(throws: SamplingError.self) {
      try findMode(of: density, configuration: ModeConfiguration(maximumIterations: 1))
    }
    #expect(try #require(error).description.hasPrefix("no mode was found in 1 iterations"))
  }
}

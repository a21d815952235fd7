import StrataKernels
import StrataSampling
import Testing

@Suite struct HamiltonianTests {
  /// A banana: x0 ~ Normal(0, 1), x1 ~ Normal(x0², 0.5).
  private let banana = FunctionDensity(dimension: 2) { x, gradient in
    let miss = (x[1] - x[0] * x[0]) / 0.25
    gradient[0] = -x[0] + 2 * x[0] * miss
    gradient[1] = -miss
    return -0.5 * x[0] * x[0] - 0.5 * 0.25 * miss * miss
  }

  private func hamiltonian(
    at position: [Double], metric: InverseMetric, seed: UInt64 = 1
  ) throws -> Hamiltonian {
    var shape = MetricShape.diagonal
    if case .dense = metric { shape = .dense }
    var hamiltonian = Hamiltonian(
      try DensityFunctions(banana), random: RandomStream(seed: seed), maximumDepth: 10,
      shape: shape)
    _ = try hamiltonian.moveTo(position)
    try hamiltonian.setMetric(metric)
    return hamiltonian
  }

  private static let metrics: [InverseMetric] = [
    .diagonal([0.7, 2]), .dense([0.7, 0.3, 0.3, 2]),
  ]

  @Test(arguments: metrics)
  func leapfrogIsReversible(metric: InverseMetric) throws {
    var hamiltonian = try hamiltonian(at: [0.3, -0.4], metric: metric)
    _ = hamiltonian.begin(stepSize: 0.1)
    var (end, last) = try hamiltonian.step()
    for _ in 1..<8 { (end, last) = try hamiltonian.step() }
    #expect(abs(hamiltonian.latest[0] - 0.3) > 0.01)
    // Back from where it is.
    hamiltonian.turnRound(&end)
    for _ in 0..<8 { last = try hamiltonian.step().logWeight }
    #expect(abs(hamiltonian.latest[0] - 0.3) < 1e-14)
    #expect(abs(hamiltonian.latest[1] + 0.4) < 1e-14)
    #expect(abs(last) < 1e-13)
  }

  /// The energy error of a second-order symplectic integrator falls by 4 when the step is halved.
  @Test(arguments: metrics)
  func energyErrorIsOfSecondOrder(metric: InverseMetric) throws {
    var errors: [Double] = []
    for halvings in 0..<4 {
      var hamiltonian = try hamiltonian(at: [0.3, -0.4], metric: metric, seed: 3)
      let steps = 1 << halvings
      _ = hamiltonian.begin(stepSize: 0.04 / Double(steps))
      var last = 0.0
      for _ in 0..<4 * steps {
        let (segment, logWeight) = try hamiltonian.step()
        if steps > 0 { last = logWeight }
        _ = segment
      }
      errors.append(last)
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(coarse / fine - 4) < 0.1, "\(errors)")
    }
  }

  /// Diagonal and dense code give the same trajectory for the same diagonal metric.
  @Test func aDiagonalMetricMayBeWrittenDense() throws {
    var thin = try hamiltonian(at: [0.3, -0.4], metric: .diagonal([0.25, 4]))
    var thick = try hamiltonian(at: [0.3, -0.4], metric: .dense([0.25, 0, 0, 4]))
    _ = thin.begin(stepSize: 0.2)
    _ = thick.begin(stepSize: 0.2)
    for _ in 0..<5 {
      let a = try thin.step().logWeight
      let b = try thick.step().logWeight
      #expect(abs(a - b) < 1e-14)
    }
    #expect(abs(thin.latest[0] - thick.latest[0]) < 1e-14)
    #expect(abs(thin.latest[1] - thick.latest[1]) < 1e-14)
  }

  /// Slots are all given back, whatever way the tree ends.
  @Test func noSlotIsLost() throws {
    for seed in 0..<200 as Range<UInt64> {
      var hamiltonian = try hamiltonian(
        at: [0.3, -0.4], metric: .diagonal([1, 1]), seed: seed)
      for i in 0..<20 {
        var summary = TreeSummary()
        let start = hamiltonian.begin(stepSize: [0.01, 0.1, 0.5, 3][i % 4])
        let directions = hamiltonian.drawDirections()
        let tree = try hamiltonian.grow(
          from: start, directions: directions, limits: TreeLimits(depth: 10), summary: &summary)
        hamiltonian.finish(tree)
        #expect(hamiltonian.isTidy)
      }
    }
  }

  /// The fused kernels against plain loops, through tails and past the block.
  @Test(arguments: [0, 1, 2, 7, 8, 9, 15, 16, 17, 100])
  func kernelsAgreeWithPlainLoops(count: Int) {
    var random = RandomStream(seed: UInt64(count))
    func vector() -> [Double] { (0..<count).map { _ in random.normal() } }
    let (scale, q, g) = (vector(), vector(), vector())
    let r = vector()
    var (qOut, rOut) = (q, r)
    VectorOperations.drift(
      count: count, half: 0.3, scale: scale, position: q, momentum: r, gradient: g,
      positionOut: &qOut, momentumOut: &rOut)
    for i in 0..<count {
      let moved = r[i] + 0.3 * scale[i] * g[i]
      #expect(abs(rOut[i] - moved) < 1e-14)
      #expect(abs(qOut[i] - (q[i] + 0.6 * scale[i] * moved)) < 1e-14)
    }
    let square = VectorOperations.kick(
      count: count, half: 0.3, scale: scale, gradient: g, momentum: &rOut)
    #expect(abs(square - rOut.reduce(0) { $0 + $1 * $1 }) < 1e-12 * (1 + square))
    #expect(abs(VectorOperations.dot(count: count, q, g) - plainDot(q, g)) < 1e-12)
    var sum = vector()
    #expect(
      VectorOperations.joinPair(count: count, q, g, sum: &sum) == !turnsNot([(q, q, g), (g, q, g)]))
    #expect(sum == zip(q, g).map { $0 + $1 })
    checkJoin(count: count, &random)
    checkTriangle(count: count, &random)
  }

  private func plainDot(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Whether x.(y + z) is positive for all triples.
  private func turnsNot(_ triples: [([Double], [Double], [Double])]) -> Bool {
    triples.allSatisfy { plainDot($0.0, $0.1) + plainDot($0.0, $0.2) > 0 }
  }

  private func checkJoin(count: Int, _ random: inout RandomStream) {
    for _ in 0..<50 {
      // A common direction, so that about half of the cases do not turn.
      let v = (0..<7).map { _ in (0..<count).map { _ in 0.6 + random.normal() } }
      var sum = [Double](repeating: 0, count: count)
      let turns = VectorOperations.join(
        count: count, outerA: v[0], innerA: v[1], innerB: v[2], outerB: v[3], sumA: v[4],
        sumB: v[5], sum: &sum)
      #expect(
        turns
          == !turnsNot([
            (v[0], v[4], v[5]), (v[3], v[4], v[5]), (v[0], v[4], v[2]), (v[2], v[4], v[2]),
            (v[1], v[5], v[1]), (v[3], v[5], v[1]),
          ]))
      #expect(sum == zip(v[4], v[5]).map { $0 + $1 })
    }
  }

  private func checkTriangle(count: Int, _ random: inout RandomStream) {
    let lower = (0..<count * count).map { _ in random.normal() }
    let x = (0..<count).map { _ in random.normal() }
    var (y, z) = (x, x)
    VectorOperations.multiply(count: count, lower: lower, x, into: &y)
    VectorOperations.multiplyTransposed(count: count, lower: lower, x, into: &z)
    for i in 0..<count {
      let row = (0...i).reduce(0.0) { $0 + lower[i * count + $1] * x[$1] }
      let column = (i..<count).reduce(0.0) { $0 + lower[$1 * count + i] * x[$1] }
      #expect(abs(y[i] - row) < 1e-12 && abs(z[i] - column) < 1e-12)
    }
  }
}

import StrataSampling
import Testing

@Suite struct RandomStreamTests {
  /// The known-answer vectors of Random123 1.14, tests/kat_vectors, "philox4x64 10".
  @Test func philoxGivesTheKnownAnswers() {
    let zeros = RandomStream.philox(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(
      zeros == (
        0x1655_4d9e_ca36_314c, 0xdb20_fe9d_672d_0fdc, 0xd7e7_72ce_e186_176b, 0x7e68_b68a_ec7b_a23b
      ))
    let ones = RandomStream.philox(counter: (.max, .max, .max, .max), key: (.max, .max))
    #expect(
      ones == (
        0x87b0_92c3_013f_e90b, 0x438c_3c67_be8d_0224, 0x9cc7_d7c6_9cd7_77b6, 0xa09c_aebf_594f_0ba0
      ))
    let digitsOfPi = RandomStream.philox(
      counter: (
        0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89
      ), key: (0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c))
    #expect(
      digitsOfPi == (
        0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788, 0xa5a1_610e_72fd_18b5, 0x57bd_43b5_e52b_7fe6
      ))
  }

  @Test func wordsComeInTheOrderOfTheBlocks() {
    var stream = RandomStream(seed: 7, stream: 3)
    let words = (0..<8).map { _ in stream.next() }
    let first = RandomStream.philox(counter: (0, 0, 0, 0), key: (7, 3))
    let second = RandomStream.philox(counter: (1, 0, 0, 0), key: (7, 3))
    #expect(
      words == [
        first.0, first.1, first.2, first.3, second.0, second.1, second.2, second.3,
      ])
  }

  @Test func theStateCanBeSavedAnywhere() {
    var stream = RandomStream(seed: 1, stream: 2)
    for used in 0..<50 {
      var restored = RandomStream(stream.state)
      var copy = stream
      #expect(stream.state.used == UInt64(used))
      for _ in 0..<9 { #expect(restored.next() == copy.next()) }
      _ = stream.next()
    }
    _ = stream.gamma(shape: 2.5)
    var values = [Double](repeating: 0, count: 7)
    stream.fillNormal(&values, count: 7)
    var restored = RandomStream(stream.state)
    #expect(restored.normal() == stream.normal())
  }

  @Test func otherKeysGiveOtherNumbers() {
    var all = Set<UInt64>()
    for seed in 0..<20 {
      for stream in 0..<20 {
        var random = RandomStream(seed: UInt64(seed), stream: UInt64(stream))
        all.insert(random.next())
      }
    }
    #expect(all.count == 400)
  }

  @Test func argumentsOutsideTheDomainGiveNaN() {
    var random = RandomStream(seed: 1)
    #expect(random.gamma(shape: 0).isNaN && random.gamma(shape: -1).isNaN)
    #expect(random.gamma(shape: .nan).isNaN && random.gamma(shape: .infinity).isNaN)
    #expect(random.beta(0, 1).isNaN && random.beta(1, .nan).isNaN)
    #expect(random.poisson(mean: -1).isNaN && random.poisson(mean: .infinity).isNaN)
    #expect(random.binomial(trials: 2.5, probability: 0.5).isNaN)
    #expect(random.binomial(trials: 2, probability: 1.5).isNaN)
    #expect(random.negativeBinomial(mean: 1, dispersion: 0).isNaN)
    #expect(random.studentT(degreesOfFreedom: 0).isNaN)
  }

  @Test func edgesOfTheDomain() {
    var random = RandomStream(seed: 1)
    #expect(random.poisson(mean: 0) == 0)
    #expect(random.binomial(trials: 0, probability: 0.5) == 0)
    #expect(random.binomial(trials: 7, probability: 0) == 0)
    #expect(random.binomial(trials: 7, probability: 1) == 7)
    #expect(random.negativeBinomial(mean: 0, dispersion: 1) == 0)
    for _ in 0..<100 {
      #expect(random.gamma(shape: 1e-8) > 0)
      #expect(random.gamma(shape: 1e300).isFinite)
      let beta = random.beta(1e-6, 1e-6)
      #expect(beta > 0 && beta < 1)
      #expect(random.studentT(degreesOfFreedom: 1e-3).isFinite)
      #expect(abs(random.poisson(mean: 1e18) - 1e18) < 1e10)
      #expect(random.poisson(mean: 1e-300) == 0)
      #expect(random.binomial(trials: 1e15, probability: 1e-14) < 100)
    }
  }
}

/// Kolmogorov and chi-square tests with 20,000 draws each.
@Suite struct StatisticalRandomTests {
  private let count = 20_000

  private func draws(_ stream: UInt64, _ draw: (inout RandomStream) -> Double) -> [Double] {
    var random = RandomStream(seed: 20_261_121, stream: stream)
    return (0..<count).map { _ in draw(&random) }
  }

  @Test func continuousDistributions() {
    let uniform = TestMath.kolmogorov(draws(0) { $0.uniform() }) { $0 }
    TestMath.judge(uniform, "uniform")
    TestMath.judge(TestMath.kolmogorov(draws(1) { $0.normal() }, TestMath.normalCDF), "normal")
    TestMath.judge(
      TestMath.kolmogorov(draws(2) { $0.exponential() }) { 1 - TestMath.exp(-$0) }, "exponential")
    TestMath.judge(
      TestMath.kolmogorov(draws(3) { $0.cauchy() }) { TestMath.studentCDF($0, 1) }, "cauchy")
    TestMath.judge(
      TestMath.kolmogorov(draws(4) { $0.laplace() }) {
        $0 < 0 ? 0.5 * TestMath.exp($0) : 1 - 0.5 * TestMath.exp(-$0)
      }, "laplace")
  }

  @Test func filledNormals() {
    var random = RandomStream(seed: 4)
    var values = [Double](repeating: 0, count: 50_001)
    random.fillNormal(&values, count: values.count)
    TestMath.judge(TestMath.kolmogorov(values, TestMath.normalCDF), "normals in bulk")
  }

  /// A short fill is the beginning of a long one, but for the few words that the ziggurat rejects, and
  /// writes nothing beyond its end.
  @Test func filledNormalsOfAnyLength() {
    var long = [Double](repeating: 0, count: 200)
    var random = RandomStream(seed: 6, stream: 1)
    random.fillNormal(&long, count: long.count)
    for count in 0...40 {
      var short = [Double](repeating: 9, count: count + 1)
      var other = RandomStream(seed: 6, stream: 1)
      other.fillNormal(&short, count: count)
      #expect(short[count] == 9)
      #expect(zip(short.dropLast(), long).filter { $0 != $1 }.count <= 2)
    }
  }

  /// Momenta are filled once for each draw: neighbours, fills and chains are uncorrelated.
  @Test func filledNormalsAreIndependent() {
    let (fills, count) = (4000, 40)
    func draws(_ stream: UInt64) -> [[Double]] {
      var random = RandomStream(seed: 9, stream: stream)
      return (0..<fills).map { _ in
        var values = [Double](repeating: 0, count: count)
        random.fillNormal(&values, count: count)
        return values
      }
    }
    let (a, b) = (draws(0), draws(1))
    func correlation(_ pairs: [(Double, Double)]) -> Double {
      pairs.reduce(0) { $0 + $1.0 * $1.1 } / Double(pairs.count).squareRoot()
    }
    for lag in [1, 8, 16] {
      let pairs = a.flatMap { values in zip(values, values.dropFirst(lag)) }
      #expect(abs(correlation(Array(pairs))) < 5, "lag \(lag)")
    }
    #expect(abs(correlation(zip(a, a.dropFirst()).flatMap { zip($0, $1) })) < 5)
    #expect(abs(correlation(zip(a, b).flatMap { zip($0, $1) })) < 5)
  }

  /// The tail of the ziggurat: beyond 3.5 about 465 of a million.
  @Test func normalTail() {
    var random = RandomStream(seed: 5)
    let tail = (0..<2_000_000).map { _ in abs(random.normal()) }.filter { $0 > 3.5 }
    let mass = 2 * TestMath.normalCDF(-3.5)
    let expected = 2_000_000 * mass
    #expect(abs(Double(tail.count) - expected) < 5 * expected.squareRoot())
    TestMath.judge(
      TestMath.kolmogorov(tail) { 1 - 2 * TestMath.normalCDF(-$0) / mass }, "the normal's tail")
  }

  @Test(arguments: [0.01, 0.3, 1, 1.5, 20, 500])
  func gamma(shape: Double) {
    let p = TestMath.kolmogorov(draws(10) { $0.gamma(shape: shape) }) {
      TestMath.gammaP(shape, $0)
    }
    TestMath.judge(p, "gamma(\(shape))")
  }

  @Test(arguments: [(0.5, 0.5), (0.2, 3), (1, 1), (2, 5), (80, 20)])
  func beta(a: Double, b: Double) {
    let p = TestMath.kolmogorov(draws(11) { $0.beta(a, b) }) { TestMath.betaI(a, b, $0) }
    TestMath.judge(p, "beta(\(a), \(b))")
  }

  @Test(arguments: [0.5, 1, 3, 30, 1e4])
  func studentT(degrees: Double) {
    let p = TestMath.kolmogorov(draws(12) { $0.studentT(degreesOfFreedom: degrees) }) {
      TestMath.studentCDF($0, degrees)
    }
    TestMath.judge(p, "t(\(degrees))")
  }

  @Test(arguments: [0.01, 0.7, 3, 9.99, 10, 25, 300, 4000])
  func poisson(mean: Double) {
    let p = TestMath.chiSquare(draws(13) { $0.poisson(mean: mean) }) {
      TestMath.exp(Saddle.logPoisson($0, mean: mean))
    }
    TestMath.judge(p, "poisson(\(mean))")
  }

  @Test(arguments: [(1, 0.3), (20, 0.01), (20, 0.5), (40, 0.9), (1000, 0.02), (100_000, 0.03)])
  func binomial(trials: Double, probability: Double) {
    let p = TestMath.chiSquare(draws(14) { $0.binomial(trials: trials, probability: probability) })
    { TestMath.exp(Saddle.logBinomial($0, trials: trials, probability: probability)) }
    TestMath.judge(p, "binomial(\(trials), \(probability))")
  }

  @Test(arguments: [(0.5, 0.3), (4, 1), (30, 2.5), (30, 1e6)])
  func negativeBinomial(mean: Double, dispersion: Double) {
    let p = TestMath.chiSquare(
      draws(15) { $0.negativeBinomial(mean: mean, dispersion: dispersion) }
    ) { negativeBinomialProbability($0, mean, dispersion) }
    TestMath.judge(p, "negative binomial(\(mean), \(dispersion))")
  }

  /// By the recurrence p(k) = p(k - 1) (k - 1 + d) / k q, started at p(0).
  private func negativeBinomialProbability(_ k: Double, _ mean: Double, _ d: Double) -> Double {
    let q = mean / (mean + d)
    var p = TestMath.power(d / (mean + d), d)
    var j = 1.0
    while j <= k {
      p *= (j - 1 + d) / j * q
      j += 1
    }
    return p
  }

  /// Mean and variance where distribution functions are out of reach; 6 standard errors.
  @Test func momentsAtHugeArguments() {
    func check(_ values: [Double], mean: Double, variance: Double, _ what: String) {
      let n = Double(values.count)
      let average = values.reduce(0) { $0 + ($1 - mean) } / n
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
      #expect(abs(average) < 6 * (variance / n).squareRoot(), "mean of \(what)")
      #expect(abs(square / variance - 1) < 6 * (2 / n).squareRoot() * 1.2, "variance of \(what)")
    }
    check(draws(20) { $0.gamma(shape: 1e10) }, mean: 1e10, variance: 1e10, "gamma(1e10)")
    check(draws(21) { $0.poisson(mean: 1e12) }, mean: 1e12, variance: 1e12, "poisson(1e12)")
    check(
      draws(22) { $0.binomial(trials: 1e14, probability: 0.3) }, mean: 3e13, variance: 2.1e13,
      "binomial(1e14, 0.3)")
    check(
      draws(23) { $0.negativeBinomial(mean: 1e8, dispersion: 1e6) }, mean: 1e8,
      variance: 1e8 + 1e10,
      "negative binomial(1e8, 1e6)")
    check(
      draws(24) { $0.bernoulli(0.3) ? 1 : 0 }, mean: 0.3, variance: 0.21, "bernoulli(0.3)"
    )
  }
}

import StrataKernels
import Testing

extension DensityFamily {
  /// The same bits; of NegBinomial the same up to rounding, because impossible neighbours have its gamma functions
  /// computed in another way.
  fileprivate func isSame(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .negBinomial, .negBinomialLog: abs(a - b) <= 1e-13 * max(1, abs(b))
    default: a == b
    }
  }
}

/// Values outside the domain, at its edge, and far out: -infinity where impossible, NaN never.
@Suite struct DensityDomainTests {
  @Test(arguments: DensityFamily.allCases)
  func outsideIsImpossible(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 7)
    let rows = family.sample(13, &random)
    let good = try family.evaluate(rows)
    for (index, domain) in family.domains.enumerated() {
      for bad in domain.outside {
        for row in [0, 4, 12] {
          var broken = rows
          if domain == .trials && bad == 3 { broken[0][row] = 5 }
          broken[index][row] = bad
          let result = try family.evaluate(broken)
          #expect(result.value == -.infinity, "argument \(index) = \(bad): \(result.value)")
          for (found, before) in zip(result.derivatives, good.derivatives) {
            for k in 0..<13 {
              let expected = k == row ? 0 : before[k]
              #expect(
                family.isSame(found[k], expected), "argument \(index) = \(bad), row \(k)")
            }
          }
        }
        var broken = rows
        if domain == .trials && bad == 3 { broken[0] = broken[0].map { _ in 5 } }
        broken[index][0] = bad
        let result = try family.evaluate(broken, shared: [index])
        #expect(result.value == -.infinity, "shared argument \(index) = \(bad)")
        #expect(result.derivatives.allSatisfy { $0.allSatisfy { $0 == 0 } })
      }
    }
  }

  /// Any bits at all, and the edges of the doubles.
  @Test(arguments: DensityFamily.allCases)
  func neverGivesNaN(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 8)
    let edges: [Double] = [
      0, -0.0, 1, -1, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-300, 1e-8, 1e8, 1e15, 1e154,
      1e300, 1.7e308, -1e300,
      0.5, 1 - 1.1e-16, .infinity, -.infinity, .nan, 709, 746, -746, 3,
    ]
    for round in 0..<400 {
      let rows = family.domains.map { domain in
        (0..<16).map { _ -> Double in
          switch Int.random(in: 0..<3, using: &random) {
          case 0: Double(bitPattern: random.next())
          case 1: edges[Int.random(in: 0..<edges.count, using: &random)]
          default: domain.sample(&random)
          }
        }
      }
      let shared = Set(rows.indices.filter { round >> $0 & 1 == 1 && rows.count - 1 != $0 })
      let result = try family.evaluate(rows, shared: shared)
      #expect(result.value < .infinity, "\(rows)")
      #expect(result.derivatives.allSatisfy { $0.allSatisfy(\.isFinite) }, "\(rows)")
    }
  }

  struct Edge {
    var family: DensityFamily
    var y: Double
    var arguments: [Double]
    var value: Double

    init(_ family: DensityFamily, _ y: Double, _ arguments: [Double], _ value: Double) {
      (self.family, self.y, self.arguments, self.value) = (family, y, arguments, value)
    }
  }

  /// The log density without its constant at edges of the domain and far out.
  static let edges: [Edge] = [
    Edge(.poisson, 0.0, [0.0], 0.0),
    Edge(.poisson, 2, [0], -.infinity),
    Edge(.negBinomial, 0, [0, 2.5], 0),
    Edge(.negBinomial, 1, [0, 2.5], -.infinity),
    Edge(.bernoulli, 0, [0], 0),
    Edge(.bernoulli, 1, [0], -.infinity),
    Edge(.bernoulli, 1, [1], 0),
    Edge(.bernoulli, 0, [1], -.infinity),
    Edge(.binomial, 0, [7, 0], 0),
    Edge(.binomial, 7, [7, 1], 0),
    Edge(.binomial, 1, [7, 0], -.infinity),
    Edge(.binomial, 0, [0, 0.3], 0),
    Edge(.bernoulliLogit, 1, [1e8], 0),
    Edge(.bernoulliLogit, 0, [1e8], -1e8),
    Edge(.bernoulliLogit, 1, [-1e300], -1e300),
    Edge(.binomialLogit, 3, [3, 1e15], 0),
    Edge(.binomialLogit, 2, [3, 1e15], -1e15),
    Edge(.poissonLog, 3, [-1e8], -3e8),
    Edge(.poissonLog, 3, [1000], -.infinity),
    Edge(.normal, 1e200, [0, 1], -.infinity),
    Edge(.exponential, 0, [1], 0),
    Edge(.uniform, 1, [0, 1], 0),
    Edge(.uniform, 0, [0, 1], 0),
  ]

  @Test(arguments: edges)
  func edgeHasItsLimit(_ edge: Edge) throws {
    let result = try edge.family.evaluate([[edge.y]] + edge.arguments.map { [$0] })
    #expect(result.value == edge.value)
    #expect(result.derivatives.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  /// Derivatives at an edge that is inside: those of the side that exists.
  @Test func edgeHasASlope() throws {
    #expect(try DensityFamily.poisson.evaluate([[0], [0]]).derivatives[1] == [-1])
    #expect(try DensityFamily.bernoulli.evaluate([[0], [0]]).derivatives[1] == [-1])
    #expect(try DensityFamily.bernoulli.evaluate([[1], [1]]).derivatives[1] == [1])
    #expect(try DensityFamily.binomial.evaluate([[0], [7], [0]]).derivatives[2] == [-7])
    #expect(try DensityFamily.negBinomial.evaluate([[0], [0], [2]]).derivatives[1] == [-1])
    #expect(try DensityFamily.laplace.evaluate([[2], [2], [3]]).derivatives[1] == [0])
    #expect(try DensityFamily.negBinomialLog.evaluate([[3], [1e300], [2]]).value == -2e300)
    #expect(try DensityFamily.negBinomialLog.evaluate([[3], [1e300], [2]]).derivatives[1] == [-2])
  }
}

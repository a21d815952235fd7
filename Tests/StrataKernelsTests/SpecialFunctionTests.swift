import StrataKernels
import Testing

/// The suites that force backends are one serialized suite.
@Suite("Special functions", .serialized)
struct SpecialFunctionTests {
  typealias Unary = SpecialFunctions.Unary

  /// The bounds that strata_math.h promises, in ulps.
  static let bounds: [Unary: Double] = [
    .exp: 1, .log: 1, .log1p: 1, .expm1: 2, .log1pExp: 2, .inverseLogit: 2, .lgamma: 5, .digamma: 5,
  ]

  /// The bounds of lgamma_ratio: in ulps for counts, else in ulps times the condition number.
  static let ratioBounds:
    [(name: String, isIn: @Sendable (Double, Double) -> Bool, bound: Double)] =
      [
        ("counts, alpha >= 8", { $0 >= 8 && $1 == $1.rounded() }, 8),
        ("counts, alpha < 8", { $0 < 8 && $1 == $1.rounded() }, 32),
        ("any y, alpha >= 8", { alpha, _ in alpha >= 8 }, 4),
        ("any y, alpha < 8", { alpha, _ in alpha < 8 }, 80),
      ]

  @Test("are within their error bounds", arguments: Unary.allCases)
  func errorBound(function: Unary) throws {
    let points = try referencePoints(function.rawValue, arguments: 1)
    #expect(points.count > 2000)
    let bound = try #require(Self.bounds[function])
    onEveryBackend { backend in
      let results = SpecialFunctions.map(points.map { $0.arguments[0] }, function)
      let worst = worstError(points, results) { $0.error(of: $1) }
      print("\(function.rawValue) \(backend): \(worst.error) ulp at \(worst.arguments)")
      #expect(worst.error <= bound, "\(function.rawValue) at \(worst.arguments) on \(backend)")
    }
  }

  @Test("of two arguments are within their error bounds")
  func errorBoundOfDifferences() throws {
    let ratio = try referencePoints("lgamma_ratio", arguments: 2)
    let difference = try referencePoints("digamma_difference", arguments: 2)
    #expect(ratio.count > 2000 && difference.count > 2000)
    onEveryBackend { backend in
      let ratios = SpecialFunctions.lgammaRatio(
        alpha: ratio.map { $0.arguments[0] }, y: ratio.map { $0.arguments[1] })
      for (name, isIn, bound) in Self.ratioBounds {
        let selected = zip(ratio, ratios).filter { isIn($0.0.arguments[0], $0.0.arguments[1]) }
        #expect(selected.count > 300, "\(name)")
        let worst = worstError(selected.map(\.0), selected.map(\.1)) {
          $0.error(of: $1) / (name.contains("count") ? 1 : $0.extra)
        }
        print("lgamma_ratio, \(name), \(backend): \(worst.error) ulp at \(worst.arguments)")
        #expect(worst.error <= bound, "lgamma_ratio, \(name), at \(worst.arguments), \(backend)")
      }
      let differences = SpecialFunctions.digammaDifference(
        alpha: difference.map { $0.arguments[0] }, y: difference.map { $0.arguments[1] })
      let worst = worstError(difference, differences) { $0.error(of: $1) }
      print("digamma_difference \(backend): \(worst.error) ulp at \(worst.arguments)")
      #expect(worst.error <= 8, "digamma_difference at \(worst.arguments) on \(backend)")
    }
  }

  @Test("have the edge values of the C library")
  func edges() {
    let x = [0, -0.0, .infinity, -.infinity, .nan, -1, 1, -2]
    let nan = Double.nan
    let inf = Double.infinity
    let log2 = 0.6931471805599453
    let expected: [Unary: [Double]] = [
      .exp: [1, 1, inf, 0, nan, 0.36787944117144233, 2.718281828459045, 0.1353352832366127],
      .log: [-inf, -inf, inf, nan, nan, nan, 0, nan],
      .log1p: [0, -0.0, inf, nan, nan, -inf, log2, nan],
      .expm1: [
        0, -0.0, inf, -1, nan, -0.6321205588285577, 1.718281828459045, -0.8646647167633873,
      ],
      .lgamma: [inf, inf, inf, nan, nan, nan, 0, nan],
      .digamma: [-inf, -inf, inf, nan, nan, nan, -0.5772156649015329, nan],
    ]
    for (function, values) in expected {
      let results = SpecialFunctions.map(x, function)
      for (result, value) in zip(results, values) {
        // One ulp of freedom where the value is no exact one; signs of zero count.
        let same =
          bits([result]) == bits([value]) || (value != 0 && abs(result - value) <= value.ulp)
        #expect(same, "\(function.rawValue): \(results), expected \(values)")
      }
    }
    #expect(SpecialFunctions.log1pExp([-inf, inf, 0])[..<2] == [0, inf])
    #expect(SpecialFunctions.inverseLogit([-inf, 0, inf]) == [0, 0.5, 1])
    let overflow = [709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412]
    #expect(
      SpecialFunctions.exp(overflow) == [1.7976931348622732e308, inf, .leastNonzeroMagnitude, 0])
  }

  @Test("gamma differences have exact zeros and limits")
  func differenceEdges() {
    let alpha = [1e-300, 1e-10, 0.5, 3, 8, 1e8, 1e300, .infinity]
    let zeros = [Double](repeating: 0, count: alpha.count)
    let ones = zeros.map { $0 + 1 }
    #expect(bits(SpecialFunctions.lgammaRatio(alpha: alpha, y: zeros)) == bits(zeros))
    #expect(bits(SpecialFunctions.lgammaRatio(alpha: alpha, y: ones)) == bits(zeros))
    #expect(bits(SpecialFunctions.digammaDifference(alpha: alpha, y: zeros)) == bits(zeros))
    #expect(
      SpecialFunctions.lgammaRatio(alpha: [2, 20, .infinity], y: [.infinity, .infinity, 3])
        == [.infinity, .infinity, 0])
    #expect(
      SpecialFunctions.digammaDifference(alpha: [2, 20, .infinity], y: [.infinity, .infinity, 3])
        == [.infinity, .infinity, 0])
    let bad = [(0.0, 1.0), (-1, 2), (1, -1), (.nan, 0), (1, .nan)]
    let badAlpha = bad.map(\.0)
    let badY = bad.map(\.1)
    let nan = [Double](repeating: .nan, count: bad.count)
    #expect(bits(SpecialFunctions.lgammaRatio(alpha: badAlpha, y: badY)) == bits(nan))
    #expect(bits(SpecialFunctions.digammaDifference(alpha: badAlpha, y: badY)) == bits(nan))
  }

  @Test("give the same bits on every backend, for any bits and length, and in place")
  func sameBits() {
    var generator = BitGenerator(state: 1)
    for count in [0, 1, 7, 8, 9, 15, 16, 17, 100, 20_000] {
      let x = Self.anything(count, &generator)
      let y = Self.anything(count, &generator)
      for function in Unary.allCases {
        let expected = onBackend(.portable) { SpecialFunctions.map(x, function) }
        onEveryBackend { backend in
          var inPlace = x
          inPlace.withUnsafeMutableBufferPointer { SpecialFunctions.apply(function, to: $0) }
          let result = SpecialFunctions.map(x, function)
          #expect(bits(result) == bits(expected), "\(function.rawValue), \(count), \(backend)")
          #expect(bits(inPlace) == bits(expected), "\(function.rawValue), \(count), \(backend)")
        }
      }
      let ratio = onBackend(.portable) { SpecialFunctions.lgammaRatio(alpha: x, y: y) }
      let difference = onBackend(.portable) { SpecialFunctions.digammaDifference(alpha: x, y: y) }
      onEveryBackend { backend in
        let message = "\(count), \(backend)"
        #expect(
          bits(SpecialFunctions.lgammaRatio(alpha: x, y: y)) == bits(ratio), "\(message)")
        #expect(
          bits(SpecialFunctions.digammaDifference(alpha: x, y: y)) == bits(difference),
          "\(message)")
      }
    }
  }

  @Test("do not depend on an element's place or neighbours")
  func placeIndependent() {
    var generator = BitGenerator(state: 2)
    let x = Self.anything(300, &generator)
    let y = Self.anything(300, &generator)
    for function in Unary.allCases {
      let alone = x.map { SpecialFunctions.map([$0], function)[0] }
      #expect(bits(SpecialFunctions.map(x, function)) == bits(alone), "\(function.rawValue)")
    }
    let alone = zip(x, y).map { SpecialFunctions.lgammaRatio(alpha: [$0], y: [$1])[0] }
    #expect(bits(SpecialFunctions.lgammaRatio(alpha: x, y: y)) == bits(alone))
  }

  @Test("backends: one is in use, portable is there, an unavailable one is refused")
  func backends() {
    #expect(Backend.portable.isAvailable)
    #expect(Backend.current.isAvailable)
    for backend in Backend.allCases where !backend.isAvailable {
      #expect(!Backend.force(backend))
      #expect(Backend.current != backend)
    }
    onEveryBackend { backend in
      // Another suite may force its own between the two calls, but not every time.
      let taken = (0..<1000).contains { _ in Backend.force(backend) && Backend.current == backend }
      #expect(taken, "\(backend)")
    }
  }

  /// The largest error, a NaN counting as infinite, and where it was.
  private func worstError(
    _ points: [ReferencePoint], _ results: [Double], _ error: (ReferencePoint, Double) -> Double
  ) -> (error: Double, arguments: [Double]) {
    var worst = (error: 0.0, arguments: [Double]())
    for (point, result) in zip(points, results) {
      let found = error(point, result)
      if !(found <= worst.error) {
        worst = (found.isNaN ? .infinity : found, point.arguments)
      }
    }
    return worst
  }

  /// Any bit pattern, ordinary numbers, and special ones, mixed.
  private static func anything(_ count: Int, _ generator: inout BitGenerator) -> [Double] {
    let special: [Double] = [
      0, -0.0, 1, -1, 2, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
      .leastNormalMagnitude, .greatestFiniteMagnitude, -.leastNonzeroMagnitude, 0x1p-400, 0x1p57,
    ]
    return (0..<count).map { _ in
      switch UInt64.random(in: 0..<8, using: &generator) {
      case 0, 1: Double(bitPattern: generator.next())
      case 2: Double(bitPattern: generator.next() & 0x800f_ffff_ffff_ffff)  // subnormal
      case 3: special.randomElement(using: &generator) ?? 0
      case 4: Double.random(in: -750...750, using: &generator)
      default: Double.random(in: 0...12, using: &generator)
      }
    }
  }
}

import StrataKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Layers of equal area under exp(-x²/2), for the ziggurat method. Source: MarsagliaTsang2000b,
/// with the 53-bit abscissa of Doornik2005.
private struct Ziggurat {
  static let layers = 256
  /// Where the tail begins, and the area of each layer.
  static let tail = 3.654_152_885_361_008_8
  static let area = 0.004_928_673_233_992_34
  /// Made once, never changed and never freed, so that reading it from any thread is safe.
  nonisolated(unsafe) static let shared = Ziggurat()

  /// For each layer its right edge, from the base (a virtual one as wide as its area) to the top, and the part of its
  /// width within which it lies wholly under the curve: side by side, because they are read together.
  let layers: UnsafePointer<Double>
  /// The curve at the edges, and at 0.
  let height: UnsafePointer<Double>

  init() {
    func curve(_ x: Double) -> Double { exp(-0.5 * x * x) }
    var edge = [Self.area / curve(Self.tail), Self.tail]
    while edge.count < Self.layers {
      edge.append((-2 * log(Self.area / edge.last! + curve(edge.last!))).squareRoot())
    }
    edge.append(0)
    let layers = UnsafeMutablePointer<Double>.allocate(capacity: 2 * Self.layers)
    let height = UnsafeMutablePointer<Double>.allocate(capacity: Self.layers + 1)
    for i in 0..<Self.layers {
      layers[2 * i] = edge[i]
      layers[2 * i + 1] = edge[i + 1] / edge[i]
    }
    for i in 0...Self.layers { height[i] = curve(edge[i]) }
    self.layers = UnsafePointer(layers)
    self.height = UnsafePointer(height)
  }

  func edge(_ layer: Int) -> Double { layers[2 * layer] }
  func inside(_ layer: Int) -> Double { layers[2 * layer + 1] }
}

extension RandomStream {
  /// A number in the open interval (0, 1): a multiple of 2⁻⁵³ that is neither 0 nor 1.
  @inline(__always)
  public mutating func uniform() -> Double { Self.uniform(of: next()) }

  /// The number in the open interval (0, 1) that belongs to a random word.
  @inline(__always)
  static func uniform(of word: UInt64) -> Double { (Double(word >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal number.
  public mutating func normal() -> Double { normal(from: next(), Ziggurat.shared) }

  /// Fills a buffer with standard normal numbers. The words they are made from are taken from the
  /// stream in whole blocks, all at once; the few that need more words take them after that.
  package mutating func fillNormal(_ output: UnsafeMutablePointer<Double>, count: Int) {
    takeWords(into: output, count: count)
    let table = Ziggurat.shared
    for begin in Swift.stride(from: 0, to: count, by: 64) {
      let words = output + begin
      var open = VectorOperations.ziggurat(
        count: min(64, count - begin), layers: table.layers, words: words)
      while open != 0 {
        let i = open.trailingZeroBitCount
        words[i] = normal(from: words[i].bitPattern, table)
        open &= open - 1
      }
    }
  }

  /// The normal number that belongs to a random word, or to the words after it if it is rejected.
  @inline(__always)
  private mutating func normal(from word: UInt64, _ table: Ziggurat) -> Double {
    let layer = Int(truncatingIfNeeded: word & 255)
    // 53 bits, sign included, none of them used for the layer; never 0, never ±1.
    let u = (Double(Int64(bitPattern: word) >> 11) + 0.5) * 0x1p-52
    if abs(u) < table.inside(layer) { return u * table.edge(layer) }
    return rejectedNormal(layer: layer, u: u, table)
  }

  @inline(never)
  private mutating func rejectedNormal(layer: Int, u: Double, _ table: Ziggurat) -> Double {
    if layer == 0 { return normalTail(negative: u < 0) }
    let x = u * table.edge(layer)
    let top = table.height[layer + 1]
    if table.height[layer] + uniform() * (top - table.height[layer]) < exp(-0.5 * x * x) {
      return x
    }
    return normal()
  }

  /// A normal number beyond the last layer. Source: Marsaglia1964.
  private mutating func normalTail(negative: Bool) -> Double {
    while true {
      let x = exponential() / Ziggurat.tail
      let y = exponential()
      if y + y > x * x { return negative ? -(Ziggurat.tail + x) : Ziggurat.tail + x }
    }
  }

  /// A standard exponential number (mean 1), positive.
  public mutating func exponential() -> Double { -log(uniform()) }

  /// A gamma number with this shape and scale 1; positive, however small the shape (what would
  /// underflow is the smallest normal number). NaN unless the shape is positive and finite.
  /// Source: MarsagliaTsang2000a.
  public mutating func gamma(shape: Double) -> Double {
    guard shape > 0, shape.isFinite else { return .nan }
    if shape < 1 { return max(exp(logGamma(shape: shape)), .leastNormalMagnitude) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = uniform()
      let square = x * x
      if u < 1 - 0.0331 * square * square { return d * v }
      // d (1 - v + log v) without the cancellation at a large shape: with t = c x,
      // v - 1 = 3t + 3t² + t³ and log v = 3 log1p(t).
      let t = c * x
      if log(u) < 0.5 * square + d * (3 * log1p(t) - t * (3 + t * (3 + t))) { return d * v }
    }
  }

  /// The logarithm of a gamma number: no underflow at a tiny shape.
  package mutating func logGamma(shape: Double) -> Double {
    guard shape < 1 else { return log(gamma(shape: shape)) }
    return log(gamma(shape: shape + 1)) - exponential() / shape
  }

  /// A beta number, above 0 and below 1. NaN unless both arguments are positive and finite.
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0, a.isFinite, b.isFinite else { return .nan }
    let drawn: Double
    if a >= 1 && b >= 1 {
      let x = gamma(shape: a)
      drawn = x / (x + gamma(shape: b))
    } else {
      let logOdds = logGamma(shape: a) - logGamma(shape: b)
      drawn = logOdds > 0 ? 1 / (1 + exp(-logOdds)) : exp(logOdds) / (1 + exp(logOdds))
    }
    // Neither end is in the support: what rounds to one is the nearest number inside.
    return min(max(drawn, .leastNormalMagnitude), 1.0.nextDown)
  }

  /// A number from Student's t distribution; `degreesOfFreedom` positive (infinity: normal).
  public mutating func studentT(degreesOfFreedom: Double) -> Double {
    let z = normal()
    if degreesOfFreedom == .infinity { return z }
    guard degreesOfFreedom > 0 else { return .nan }
    let half = 0.5 * degreesOfFreedom
    let factor = exp(0.5 * (log(half) - logGamma(shape: half)))
    let t = z * factor
    return t.isFinite ? t : (z < 0 ? -Double.greatestFiniteMagnitude : .greatestFiniteMagnitude)
  }

  /// A standard Cauchy number.
  public mutating func cauchy() -> Double { normal() / normal() }

  /// A Laplace number with scale 1.
  public mutating func laplace() -> Double {
    let size = exponential()
    return next() >> 63 == 0 ? size : -size
  }
}

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Discrete Fourier transform of a power-of-two length, in place, real and imaginary parts apart.
///
/// Iterative radix-2 decimation in time with tabulated roots of unity (each from its own sine and
/// cosine, so the error grows with log n only). Not scaled: applying it to the spectrum of a real
/// even sequence gives back `size` times the sequence. Source: [Cooley1965].
struct FourierTransform {
  /// A power of two.
  let size: Int
  private let cosines: [Double]
  private let sines: [Double]

  /// The smallest transform that holds `count` values.
  init(atLeast count: Int) {
    var size = 2
    while size < count { size *= 2 }
    self.size = size
    let angles = (0..<size / 2).map { -2 * Double.pi * Double($0) / Double(size) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// Replaces (re, im), each of `size` values, by Σ_j (re + i im)_j exp(−2πi jk / size).
  func apply(_ re: inout [Double], _ im: inout [Double]) {
    precondition(re.count == size && im.count == size, "transform of \(size) values")
    re.withUnsafeMutableBufferPointer { re in
      im.withUnsafeMutableBufferPointer { im in
        Self.reverseBits(re, im)
        cosines.withUnsafeBufferPointer { cosines in
          sines.withUnsafeBufferPointer { sines in
            butterflies(re, im, cosines, sines)
          }
        }
      }
    }
  }

  private func butterflies(
    _ re: UnsafeMutableBufferPointer<Double>, _ im: UnsafeMutableBufferPointer<Double>,
    _ cosines: UnsafeBufferPointer<Double>, _ sines: UnsafeBufferPointer<Double>
  ) {
    var half = 1
    while half < size {
      let step = size / (2 * half)
      for block in stride(from: 0, to: size, by: 2 * half) {
        for k in 0..<half {
          let (a, b) = (block + k, block + k + half)
          let (wr, wi) = (cosines[k * step], sines[k * step])
          let tr = wr * re[b] - wi * im[b]
          let ti = wr * im[b] + wi * re[b]
          re[b] = re[a] - tr
          im[b] = im[a] - ti
          re[a] += tr
          im[a] += ti
        }
      }
      half *= 2
    }
  }

  /// Puts element i where the bits of i, read backwards, say.
  private static func reverseBits(
    _ re: UnsafeMutableBufferPointer<Double>, _ im: UnsafeMutableBufferPointer<Double>
  ) {
    var j = 0
    for i in 1..<re.count {
      var bit = re.count / 2
      while j & bit != 0 {
        j ^= bit
        bit /= 2
      }
      j |= bit
      if i < j {
        re.swapAt(i, j)
        im.swapAt(i, j)
      }
    }
  }
}

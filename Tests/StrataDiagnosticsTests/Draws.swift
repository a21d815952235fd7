import Foundation

/// Seeded draws for tests: SplitMix64 and the polar method, so that no other target is needed.
struct Draws {
  private var state: UInt64
  private var spare: Double?

  init(seed: UInt64) { state = seed }

  /// In (0, 1).
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return (Double(z >> 11) + 0.5) * 0x1p-53
  }

  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    while true {
      let (u, v) = (2 * uniform() - 1, 2 * uniform() - 1)
      let s = u * u + v * v
      if s < 1 {
        let factor = (-2 * log(s) / s).squareRoot()
        spare = v * factor
        return u * factor
      }
    }
  }

  /// Chains of a stationary AR(1) process with unit variance.
  mutating func chains(_ count: Int, draws: Int, correlation: Double = 0) -> [[Double]] {
    let innovation = (1 - correlation * correlation).squareRoot()
    return (0..<count).map { _ in
      var x = normal()
      return (0..<draws).map { _ in
        defer { x = correlation * x + innovation * normal() }
        return x
      }
    }
  }
}

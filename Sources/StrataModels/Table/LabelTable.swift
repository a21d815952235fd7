/// Distinct texts, compared by their bytes and numbered in order of appearance.
///
/// Swift strings compare by canonical equivalence and hash slowly; labels are compared by bytes.
struct LabelTable {
  /// Labels one after the other; label k is `bytes[ends[k-1]..<ends[k]]`.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Open addressing with linear probing: a code, or −1 for free. A power of two, at most half full.
  private var slots = [Int32](repeating: -1, count: 64)

  var count: Int { ends.count }

  /// The code of a label, new or known.
  mutating func code(_ text: UnsafePointer<UInt8>, count: Int) -> Int32 {
    let hash = Self.hash(text, count: count)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let code = Int(slots[slot])
      if hashes[code] == hash && isEqual(code, text, count: count) { return Int32(code) }
      slot = (slot + 1) & mask
    }
    let code = Int32(ends.count)
    slots[slot] = code
    bytes.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    ends.append(bytes.count)
    hashes.append(hash)
    if 2 * ends.count > slots.count { grow() }
    return code
  }

  /// All labels, in order of their codes.
  func labels() -> [String] {
    var start = 0
    return ends.map { end in
      defer { start = end }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  private func isEqual(_ code: Int, _ text: UnsafePointer<UInt8>, count: Int) -> Bool {
    let start = code == 0 ? 0 : ends[code - 1]
    guard ends[code] - start == count else { return false }
    for i in 0..<count where bytes[start + i] != text[i] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    let mask = slots.count - 1
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(code)
    }
  }

  private static func hash(_ text: UnsafePointer<UInt8>, count: Int) -> UInt64 {
    var hash = UInt64(count) &* 0x9E37_79B9_7F4A_7C15
    func mix(_ word: UInt64) {
      let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low &+ 0x9E37_79B9_7F4A_7C15
    }
    var i = 0
    while i + 8 <= count {
      mix(UnsafeRawPointer(text + i).loadUnaligned(as: UInt64.self))
      i += 8
    }
    var tail: UInt64 = 0
    while i < count {
      tail = tail << 8 | UInt64(text[i])
      i += 1
    }
    mix(tail)
    return hash
  }
}

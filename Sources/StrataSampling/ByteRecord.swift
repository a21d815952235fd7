/// Numbers as bytes, one after another, little-endian as on every machine that Strata runs on.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func put(_ value: Int) { put(UInt64(bitPattern: Int64(value))) }
  package mutating func put(_ value: Bool) { put(value ? 1 : 0) }
  package mutating func put(_ value: Double) { put(value.bitPattern) }

  /// How many there are, then each.
  package mutating func put(_ values: some Collection<Double>) {
    put(values.count)
    bytes.reserveCapacity(bytes.count + 8 * values.count)
    let isContiguous: Void? = values.withContiguousStorageIfAvailable {
      bytes.append(contentsOf: UnsafeRawBufferPointer($0))
    }
    if isContiguous == nil { for value in values { put(value) } }
  }
}

/// Reads what a ``ByteWriter`` wrote, in the same order.
package struct ByteReader {
  /// The bytes end before what was to be read.
  package struct Ended: Error {
    package init() {}
  }

  private let bytes: [UInt8]
  private var next: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    next = 0
  }

  /// Whether everything has been read.
  package var isAtEnd: Bool { next == bytes.count }

  package mutating func word() throws -> UInt64 {
    guard bytes.count - next >= 8 else { throw Ended() }
    defer { next += 8 }
    return bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: next, as: UInt64.self))
    }
  }

  package mutating func int() throws -> Int { Int(Int64(bitPattern: try word())) }
  package mutating func bool() throws -> Bool { try word() != 0 }
  package mutating func double() throws -> Double { Double(bitPattern: try word()) }

  package mutating func doubles() throws -> [Double] {
    let count = try int()
    guard count >= 0, count <= (bytes.count - next) / 8 else { throw Ended() }
    defer { next += 8 * count }
    return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      bytes.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[next..<next + 8 * count]))
      }
      filled = count
    }
  }
}

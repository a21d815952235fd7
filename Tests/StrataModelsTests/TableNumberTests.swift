import StrataModels
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The number parser against the C library's `strtod`, bit for bit; SHA-256; nearest names.
struct TableNumberTests {
  private func agrees(_ text: String) -> Bool {
    NumberParser.parse(text)?.value.bitPattern == strtod(text, nil).bitPattern
  }

  @Test func randomDecimalsAsStrtod() {
    var generator = SplitMix(state: 7)
    var failures: [String] = []
    for _ in 0..<200_000 {
      var text = ["", "-", "+"].randomElement(using: &generator)!
      let digits = Int.random(in: 1...22, using: &generator)
      let point = Int.random(in: -1...digits, using: &generator)
      for i in 0..<digits {
        if i == point { text += "." }
        text += String(Int.random(in: 0...9, using: &generator))
      }
      if point == digits { text += "." }
      switch Int.random(in: 0...3, using: &generator) {
      case 0: text += "e\(Int.random(in: -30...30, using: &generator))"
      case 1: text += "E+\(Int.random(in: 0...330, using: &generator))"
      default: break
      }
      if !agrees(text) { failures.append(text) }
    }
    #expect(failures.isEmpty, "\(failures.prefix(5))")
  }

  @Test func shortestFormsOfRandomDoubles() {
    var generator = SplitMix(state: 8)
    for _ in 0..<100_000 {
      let value = Double(bitPattern: generator.next())
      if value.isFinite && !agrees("\(value)") { Issue.record("\(value)") }
    }
  }

  @Test(arguments: [
    "0", "-0", "1e22", "1e23", "9007199254740993", "9007199254740992e1", "1e-22", "1e-23", "5e-324",
    "2e-324", "1.7976931348623157e308", "1.7976931348623159e308", "1e999", "-1e999", "1e-999",
    "0e99999999999", "1e99999999999", "0.000000000000000000000000000000001",
    "123456789012345678901234",
    "2.2250738585072011e-308", "5.", ".5", "00000000000000000000000000000000001.5", "1.e5",
    "000000000000000000000001", "12345678901234567890.", "inf", "-Infinity", "+INF",
  ])
  func hardDecimalsAsStrtod(_ text: String) { #expect(agrees(text), "\(text)") }

  @Test(arguments: ["12", "0", "-3", "999999999999999"])
  func canonicalWholeNumbers(_ text: String) {
    #expect(NumberParser.parse(text)?.isCanonicalWhole == true)
  }

  @Test(arguments: ["-0", "+1", "01", "00", "1.0", "1e3", "9999999999999999", "-01"])
  func otherSpellingsAreKept(_ text: String) {
    #expect(NumberParser.parse(text)?.isCanonicalWhole == false)
  }

  /// FIPS 180-4 example messages, and a length on each side of the padding's boundary.
  @Test func sha256() {
    func digest(_ text: String) -> String { Array(text.utf8).withUnsafeBytes(SHA256.hexDigest) }
    #expect(
      digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      digest(String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(
      digest(String(repeating: "x", count: 55))
        == "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072")
    #expect(
      digest(String(repeating: "x", count: 64))
        == "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c")
  }

  @Test func nearestNames() {
    let columns = ["county", "floor", "log_radon", "y"]
    #expect(nearestName(to: "flor", among: columns) == "floor")
    #expect(nearestName(to: "County", among: columns) == "county")
    #expect(nearestName(to: "log_radno", among: columns) == "log_radon")
    #expect(nearestName(to: "basement", among: columns) == nil)
    #expect(nearestName(to: "Y", among: columns) == "y")
    #expect(nearestName(to: "x", among: columns) == nil)
  }
}

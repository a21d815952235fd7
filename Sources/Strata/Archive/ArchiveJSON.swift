/// JSON as archives have it: put together by hand, since it is the same bytes for the same fit, and quick.
enum ArchiveJSON {
  case text(String)
  case whole(Int)
  case null
  case list([ArchiveJSON])
  /// Members in the order given.
  case object([Member])
  /// What is JSON already.
  case encoded(String)

  /// A name and its value.
  struct Member {
    var name: String
    var value: ArchiveJSON

    init(_ name: String, _ value: ArchiveJSON) { (self.name, self.value) = (name, value) }
  }

  var string: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func write(to bytes: inout [UInt8]) {
    switch self {
    case .text(let value): Self.write(value, to: &bytes)
    case .whole(let value): bytes += "\(value)".utf8
    case .null: bytes += "null".utf8
    case .encoded(let json): bytes += json.utf8
    case .list(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    let hex = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case 0..<32: bytes += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

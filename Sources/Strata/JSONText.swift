#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSON as all commands print it: keys in the order of the alphabet, undefined numbers null.
enum JSONText {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// A number, null where there is none.
  struct Number: Encodable {
    var value: Double?

    init(_ value: Double?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if let value, value.isFinite {
        try container.encode(value)
      } else {
        try container.encodeNil()
      }
    }
  }

  /// A value of any kind, for objects that are put together by hand.
  indirect enum Value: Encodable {
    case number(Double?)
    case whole(Int)
    case text(String?)
    case list([Value])
    case object([String: Value])

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .number(let value): try Number(value).encode(to: encoder)
      case .whole(let value):
        var container = encoder.singleValueContainer()
        try container.encode(value)
      case .text(let value):
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
      case .list(let values):
        var container = encoder.unkeyedContainer()
        for value in values { try container.encode(value) }
      case .object(let values): try values.encode(to: encoder)
      }
    }
  }
}

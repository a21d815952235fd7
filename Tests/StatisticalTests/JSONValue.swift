import Foundation

/// A JSON file's content.
enum JSONValue: Decodable, Sendable {
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])
  case none

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else if let object = try? container.decode([String: JSONValue].self) {
      self = .object(object)
    } else {
      self = .none
    }
  }

  init(contentsOf path: String) throws {
    self = try JSONDecoder().decode(
      JSONValue.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  var number: Double? { if case .number(let number) = self { number } else { nil } }
  var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }
  var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }

  /// The numbers of a list; a single number is a list of one.
  var numbers: [Double] {
    switch self {
    case .number(let number): [number]
    case .list(let list): list.compactMap(\.number)
    default: []
    }
  }
}

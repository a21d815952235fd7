import Strata

/// An option whose value cannot be used.
struct OptionError: Error, CustomStringConvertible {
  var option: String
  var expected: String
  var found: String

  /// `--seed: expected a whole number from 0 to 18446744073709551615, found "-1".`
  var description: String { "\(option): expected \(expected), found \"\(found)\"." }
}

/// Options as they were written, read into values here: so that every message says the same things.
struct OptionReader {
  /// A whole number within bounds.
  static func integer<Value: FixedWidthInteger>(
    _ text: String, _ option: String, in range: ClosedRange<Value>, orAuto: Bool = false
  ) throws -> Value {
    guard let value = Value(text), range.contains(value) else {
      let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw OptionError(
        option: option, expected: expected + (orAuto ? ", or auto" : ""), found: text)
    }
    return value
  }

  /// A whole number within bounds; nil for `auto`.
  static func integerOrAuto(
    _ text: String, _ option: String, in range: ClosedRange<Int>
  ) throws -> Int? {
    text == "auto" ? nil : try integer(text, option, in: range, orAuto: true)
  }

  /// A number strictly between 0 and 1; nil for `auto`.
  static func fractionOrAuto(_ text: String, _ option: String) throws -> Double? {
    text == "auto" ? nil : try fraction(text, option, orAuto: true)
  }

  /// A number strictly between 0 and 1.
  static func fraction(_ text: String, _ option: String, orAuto: Bool = false) throws -> Double {
    guard let value = Double(text), value > 0, value < 1 else {
      throw OptionError(
        option: option, expected: "a number above 0 and below 1" + (orAuto ? ", or auto" : ""),
        found: text)
    }
    return value
  }

  /// A number.
  static func number(_ text: String, _ option: String) throws -> Double {
    guard let value = Double(text), value.isFinite else {
      throw OptionError(option: option, expected: "a number", found: text)
    }
    return value
  }

  /// Names between commas, spaces around them left out. Commas in parentheses belong to a name.
  static func names(_ text: String, _ option: String) throws -> Set<String> {
    if text.isEmpty { return [] }
    var depth = 0
    let parts = text.split(omittingEmptySubsequences: false) { letter in
      depth += letter == "(" ? 1 : letter == ")" ? -1 : 0
      return letter == "," && depth == 0
    }
    let names = parts.map {
      String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    if names.contains("") {
      throw OptionError(
        option: option, expected: "names of parameters with commas between them", found: text)
    }
    return Set(names)
  }

  /// A length of time.
  static func seconds(_ text: String, _ option: String) throws -> Double {
    guard let value = Double(text), value > 0, value.isFinite else {
      throw OptionError(option: option, expected: "a number of seconds above 0", found: text)
    }
    return value
  }

  /// One of the named choices.
  static func choice<Value: CaseIterable & RawRepresentable>(
    _ text: String, _ option: String
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw OptionError(option: option, expected: names(Value.self), found: text)
    }
    return value
  }

  /// The choices as a text: `auto, compressed or direct`.
  static func names<Value: CaseIterable & RawRepresentable>(
    _: Value.Type
  ) -> String where Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }
}

/// Numbers and lists as the report writes them.
enum Wording {
  /// How many items a list names before "and n more".
  private static let listed = 5

  /// "a", "a and b", "a, b and c", or the first five and how many more there are.
  static func list(_ items: [String]) -> String {
    if items.count > listed + 1 {
      return items.prefix(listed).joined(separator: ", ") + " and \(items.count - listed) more"
    }
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }

  /// With a fixed number of decimals: 1.0136 with three is "1.014".
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard abs(value) < 1e9 else { return value.isFinite ? "\(value)" : word(value) }
    let power = (0..<decimals).reduce(1) { power, _ in power * 10 }
    let scaled = Int((abs(value) * Double(power)).rounded())
    let digits = String(scaled % power)
    let fraction = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
    return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / power)"
      + (decimals > 0 ? "." + fraction : "")
  }

  /// Rounded down, so that 399.9 does not look like 400; "undefined" for nil.
  static func whole(_ value: Double?) -> String {
    guard let value else { return "undefined" }
    guard abs(value) < 1e15 else { return value.isFinite ? "\(value)" : word(value) }
    return String(Int(value.rounded(.down)))
  }

  /// A fraction in per cent, with as many decimals as show two digits of small ones: "0.025 %".
  static func percent(_ fraction: Double) -> String {
    let percent = 100 * fraction
    let decimals = percent >= 10 ? 0 : percent >= 1 ? 1 : percent >= 0.1 ? 2 : 3
    return fixed(percent, decimals) + " %"
  }

  private static func word(_ value: Double) -> String {
    value.isNaN ? "undefined" : value > 0 ? "infinite" : "minus infinite"
  }
}

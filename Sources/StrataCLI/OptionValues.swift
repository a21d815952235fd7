import ArgumentParser
import Strata

/// A whole number, or `auto`.
enum AutoInteger: ExpressibleByArgument, CustomStringConvertible {
  case auto
  case given(Int)

  init?(argument: String) {
    if argument == "auto" { self = .auto } else if let n = Int(argument) { self = .given(n) } else { return nil }
  }

  var value: Int? { if case .given(let n) = self { n } else { nil } }
  var description: String { value.map { "\($0)" } ?? "auto" }
  var defaultValueDescription: String { description }
}

/// A number, or `auto`.
enum AutoNumber: ExpressibleByArgument, CustomStringConvertible {
  case auto
  case given(Double)

  init?(argument: String) {
    if argument == "auto" { self = .auto } else if let x = Double(argument) { self = .given(x) } else { return nil }
  }

  var value: Double? { if case .given(let x) = self { x } else { nil } }
  var description: String { value.map { "\($0)" } ?? "auto" }
  var defaultValueDescription: String { description }
}

extension FitOptions.Sampler: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

extension Plan.Mode: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

import Foundation

/// One number of a fit beside what it should be.
package struct Comparison: Sendable {
  /// What is compared: `mean`, `sd`, `q5`.
  package enum Statistic: Hashable, Sendable, CustomStringConvertible {
    case mean
    case sd
    /// The quantile of a probability.
    case quantile(Double)

    package var description: String {
      switch self {
      case .mean: "mean"
      case .sd: "sd"
      case .quantile(let probability): "q\(Int((probability * 100).rounded()))"
      }
    }
  }

  package var parameter: String
  package var statistic: Statistic
  package var value: Double
  package var expected: Double
  /// Standard error of `value - expected`: all Monte Carlo errors combined.
  package var error: Double

  package init(
    parameter: String, statistic: Statistic, value: Double, expected: Double, error: Double
  ) {
    self.parameter = parameter
    self.statistic = statistic
    self.value = value
    self.expected = expected
    self.error = error
  }

  /// The difference in standard errors; infinite where it cannot be told (an error of zero or NaN).
  package var z: Double {
    let z = (value - expected) / error
    return z.isFinite ? z : value == expected ? 0 : .infinity
  }
}

extension Comparison: CustomStringConvertible {
  package var description: String {
    "\(statistic) of \(parameter): \(digits(value)), expected \(digits(expected)), "
      + "standard error \(digits(error)), z = \(hundredths(z))"
  }
}

/// The z values of one fit: what fails, what is worth a look, and the line that is printed.
package struct Agreement: Sendable {
  /// What was fitted.
  package var name: String
  package var comparisons: [Comparison]
  package var levels: AgreementLevels

  package init(name: String, comparisons: [Comparison], levels: AgreementLevels) {
    self.name = name
    self.comparisons = comparisons
    self.levels = levels
  }

  /// The comparisons whose |z| exceeds the fail level.
  package var failures: [Comparison] { comparisons.filter { abs($0.z) > levels.fail } }

  /// The comparison with the largest |z|.
  package var largest: Comparison? { comparisons.max { abs($0.z) < abs($1.z) } }

  /// √(mean of z²): about 1 where the standard errors are right, though the z of one fit are
  /// correlated, so that it scatters.
  package var rootMeanSquare: Double {
    (comparisons.reduce(0) { $0 + $1.z * $1.z } / Double(max(comparisons.count, 1))).squareRoot()
  }

  /// Prints one line: the number of comparisons, root mean square and the largest |z|; below it, as
  /// ALERT or FAIL, the comparisons that exceed a level.
  package func report(note: String = "") {
    var line = name + String(repeating: " ", count: max(0, 44 - name.count))
    line += " \(comparisons.count) comparisons, rms z \(hundredths(rootMeanSquare))"
    if let largest {
      line += ", largest |z| \(hundredths(abs(largest.z))): "
      line += "\(largest.statistic) of \(largest.parameter)"
    }
    if !note.isEmpty { line += "; \(note)" }
    for comparison in comparisons where abs(comparison.z) > levels.alert {
      line += "\n  \(abs(comparison.z) > levels.fail ? "FAIL" : "ALERT") \(comparison)"
    }
    print(line)
  }
}

private func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }

private func digits(_ value: Double) -> String { String(format: "%.6g", value) }

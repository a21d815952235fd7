import Strata
import Testing

/// How summaries, numbers and lines are written.
@Suite struct SummaryTextTests {
  @Test(arguments: [
    (NumberFormat.fixed(decimals: 2), 1.005, "1.00"),
    (.fixed(decimals: 2), -0.001, "0.00"),
    (.fixed(decimals: 0), -0.4, "0"),
    (.fixed(decimals: 3), -1.5, "-1.500"),
    (.whole, 399.9, "399"),
    (.scientific(decimals: -10), 1.2345e12, "1.23e+12"),
    (.scientific(decimals: 14), -1.2345e-12, "-1.23e-12"),
    (.scientific(decimals: 14), 0, "0"),
    (.fixed(decimals: 2), .infinity, "inf"),
    (.fixed(decimals: 2), -.infinity, "-inf"),
    (.fixed(decimals: 2), .nan, "-"),
  ])
  func numberIsWritten(_ format: NumberFormat, _ value: Double, _ text: String) {
    #expect(format.text(value) == text)
  }

  @Test func undefinedNumberIsADash() {
    #expect(NumberFormat.fixed(decimals: 2).text(nil) == "-")
  }

  @Test func linesAreBrokenAtSpaces() {
    #expect("one two three".wrapped(to: 7) == "one two\n  three")
    #expect("incomprehensibilities of it".wrapped(to: 7) == "incomprehensibilities\n  of it")
    #expect("short".wrapped(to: 7) == "short")
    #expect("".wrapped(to: 7) == "")
  }

  /// Levels of one group have the same decimals, and the columns line up.
  @Test func columnsLineUp() async throws {
    let table = try Table([
      "y": .numbers([1, 2, 300, 400]), "g": .text(["p", "p", "a long label", "a long label"]),
    ])
    let fit = try await Model(
      "mu[g] ~ Normal(0, 500)\nsd ~ HalfNormal(1)\ny ~ Normal(mu[g], 50 + sd)"
    )
    .fit(to: table, options: FitOptions(chains: 2, warmup: 300, draws: 300))
    let lines = fit.summary.description.split(separator: "\n").map(Array.init)
    #expect(lines.count == 4)
    #expect(Set(lines.map(\.count)).count == 1)
    let levels = lines[2...].map { String($0) }
    #expect(levels.allSatisfy { $0.hasPrefix("mu[") })
    let means = levels.map { $0.drop { $0 != "]" }.split(separator: " ")[1] }
    #expect(means.allSatisfy { $0.split(separator: ".").last?.count == 1 })
  }

  /// A line feed in a label would break the table.
  @Test func controlCharactersAreEscaped() async throws {
    let table = try Table(["y": .numbers([1, 2]), "g": .text(["a\nb", "c"])])
    let fit = try await Model("mu[g] ~ Normal(0, 1)\ny ~ Normal(mu[g], 1)")
      .fit(to: table, options: FitOptions(chains: 1, warmup: 50, draws: 50))
    #expect(fit.summary.description.split(separator: "\n").count == 3)
    #expect(
      fit.summary.csv.contains("\"mu[a\nb]\",") || fit.summary.csv.contains("\"mu[\"\"a\nb\"\"]\",")
    )
  }
}

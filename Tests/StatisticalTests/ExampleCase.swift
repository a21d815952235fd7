import Strata
import TestSupport
import Testing

/// An example of the project with the posterior that others computed for it.
struct ExampleCase: Sendable, CustomTestStringConvertible {
  var model: String
  var table: String
  var expected: String
  /// Entries of the file that the example does not report.
  var leftOut: Set<String> = []
  var leavesOut: @Sendable (String) -> Bool = { _ in false }
  var draws = 4000

  var testDescription: String { expected }

  static let all: [ExampleCase] = [
    ExampleCase(model: "radon", table: "radon", expected: "radon_varying_intercept_slope"),
    ExampleCase(
      model: "radon_separate", table: "radon", expected: "radon_separate_by_county",
      // Compared by quantiles in the test of the worked example: their tails have no fourth moment or no variance.
      leavesOut: { $0.hasPrefix("eps[") }),
    ExampleCase(
      model: "eight_schools", table: "eight_schools", expected: "eight_schools", draws: 10_000),
    ExampleCase(
      model: "response_times", table: "response_times", expected: "response_times_negbin"),
    ExampleCase(model: "sites", table: "sites", expected: "sites_normal", draws: 10_000),
    .waterQuality("18_18_18"), .waterQuality("18_3_3"), .waterQuality("3_3_3"),
    ExampleCase(
      model: "dyestuff", table: "dyestuff", expected: "dyestuff_normal", draws: 10_000),
    ExampleCase(
      model: "sleepstudy", table: "sleepstudy", expected: "sleepstudy_varying_intercept_slope"),
    ExampleCase(
      model: "sleepstudy_correlated", table: "sleepstudy", expected: "sleepstudy_correlated"),
    ExampleCase(model: "cbpp", table: "cbpp", expected: "cbpp_binomial"),
    ExampleCase(model: "epil", table: "epil", expected: "epil_negbin"),
    ExampleCase(
      model: "efron_morris", table: "efron_morris", expected: "efron_morris_logit_normal"),
    ExampleCase(
      model: "email_campaigns", table: "email_campaigns",
      expected: "email_campaigns_beta_binomial",
      // The rate of a campaign that is not in the table.
      leftOut: ["conversion_rate_C (new)"], draws: 10_000),
  ]

  private static func waterQuality(_ counts: String) -> ExampleCase {
    ExampleCase(
      model: "water_quality", table: "water_quality_\(counts)",
      expected: "water_quality_\(counts)", draws: 10_000)
  }

  /// The folder of examples, found from this file.
  static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/Examples"

  func fit(_ options: FitOptions) async throws -> Fit {
    let text = try Model(contentsOf: "\(Self.folder)/\(model).strata")
    let data = try Table(contentsOf: "\(Self.folder)/\(table).csv")
    return try await text.fit(to: data, options: options)
  }

  func references() throws -> [(parameter: String, reference: ReferencePosterior)] {
    try ReferencePosterior.all(contentsOf: "\(Self.folder)/expected/\(expected).json")
      .filter { !leftOut.contains($0.parameter) && !leavesOut($0.parameter) }
  }
}

import Foundation
import Strata
import TestSupport
import Testing

extension Statistical {
  /// Posteriors of posteriordb, as our text says them, under the default settings. Data and
  /// references are read from the folder that the environment variable `STRATA_POSTERIORDB` names
  /// (`data/NAME.json` and `ref/NAME-MODEL.json` there); without it this suite is skipped.
  @Suite(.serialized) struct StatisticalPosteriordb {
    static let folder = ProcessInfo.processInfo.environment["STRATA_POSTERIORDB"]

    static let levels = AgreementLevels(
      comparisons: PosteriordbCase.all.reduce(0) { sum, example in
        sum + ((try? references(example)) ?? []).reduce(0) { $0 + $1.reference.count }
      })

    static func references(
      _ example: PosteriordbCase
    ) throws -> [(parameter: String, reference: ReferencePosterior)] {
      try ReferencePosterior.all(contentsOf: "\(folder ?? "")/ref/\(example.name).json")
    }

    @Test(
      .enabled(if: folder != nil, "STRATA_POSTERIORDB is not set: posteriordb is not compared"),
      arguments: PosteriordbCase.all)
    func agrees(_ example: PosteriordbCase) async throws {
      let folder = try #require(Self.folder)
      let data = try PosteriordbData(contentsOf: "\(folder)/data/\(example.dataName).json")
      let table = try Table(data.columns + example.derived(data), name: example.dataName)
      let fit = try await Model(example.text).fit(to: table, options: FitOptions(seed: 20_255))

      let references = try Self.references(example).map { parameter, reference in
        (parameter: Self.name(of: parameter, in: fit), reference: reference)
      }
      try #require(!references.isEmpty)
      let agreement = Agreement(
        name: example.name, comparisons: try await fit.comparisons(with: references),
        levels: Self.levels)
      let failed = fit.diagnostics.hasFailed
      agreement.report(note: fit.note + (failed ? ", diagnostics failed" : ""))
      #expect(agreement.failures.isEmpty)
      #expect(!failed)
    }

    /// What the fit calls a parameter of the reference.
    private static func name(of parameter: String, in fit: Fit) -> String {
      let index = parameter.filter(\.isNumber)
      let candidates = [parameter, "b\(index)", "beta[X\(index)]"]
      return candidates.first { fit.parameterNames.contains($0) } ?? parameter
    }
  }
}

import Foundation
import Strata
import TestSupport
import Testing

extension Statistical {
  /// Every example against the posterior that Stan, quadrature or a closed form gave: each number of
  /// each file under `Examples/expected`.
  @Suite(.serialized) struct StatisticalExamples {
    static let levels = AgreementLevels(
      comparisons: ExampleCase.all.reduce(0) { sum, example in
        sum + ((try? example.references()) ?? []).reduce(0) { $0 + $1.reference.count }
      })

    @Test(arguments: ExampleCase.all)
    func agrees(_ example: ExampleCase) async throws {
      let references = try example.references()
      try #require(!references.isEmpty)
      let fit = try await example.fit(FitOptions(draws: example.draws, seed: 20_252))
      let agreement = Agreement(
        name: example.table, comparisons: try await fit.comparisons(with: references),
        levels: Self.levels)
      agreement.report(note: fit.note)
      #expect(agreement.failures.isEmpty)
      #expect(!fit.diagnostics.hasFailed)
    }

    /// A posterior that is expected but that no case above compares would go unnoticed.
    @Test func noExpectedPosteriorIsForgotten() throws {
      let files = try FileManager.default.contentsOfDirectory(
        atPath: "\(ExampleCase.folder)/expected")
      let names = files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
      #expect(Set(names) == Set(ExampleCase.all.map(\.expected)))
    }
  }
}

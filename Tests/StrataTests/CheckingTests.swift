import Foundation
import Strata
import Testing

@Suite struct CheckingTests {
  private static let counts = [0, 0, 3, 1, 0, 12, 2, 0, 1, 0, 0, 25, 4, 0, 1, 2, 0, 0, 7, 0]

  private static func fit(_ text: String) async throws -> Fit {
    let table = try Table([
      "y": .wholeNumbers(counts),
      "g": .text((0..<20).map { $0 < 19 ? ($0 % 2 == 0 ? "a" : "b") : "c" }),
    ])
    return try await Model(text).fit(to: table, options: FitOptions(draws: 500))
  }

  @Test func checksSeeWhatAModelMisses() async throws {
    let poisson = try await Self.fit("m ~ Normal(0, 2)\ny ~ Poisson(exp(m))").check()
    let negative = try await Self.fit(
      "m ~ Normal(0, 2)\nd ~ HalfNormal(2)\ny ~ NegBinomial(exp(m), d)"
    ).check()
    #expect(poisson.map(\.statistic) == CheckStatistic.allCases)
    #expect(poisson.map(\.observed) == negative.map(\.observed))
    #expect(poisson[0].observed == 2.9 && poisson[3].observed == 25 && poisson[4].observed == 0.5)
    // A Poisson has neither the sd, nor the maximum, nor the zeros; its mean is right.
    #expect(poisson.map(\.isSuspicious) == [false, true, false, true, true])
    #expect(negative.allSatisfy { !$0.isSuspicious })
    #expect(poisson[4].mean < 0.1 && poisson[4].q95 < 0.3)
  }

  @Test func checksByGroup() async throws {
    let fit = try await Self.fit("m ~ Normal(0, 2)\nd ~ HalfNormal(2)\ny ~ NegBinomial(exp(m), d)")
    let checks = try fit.check([.mean, .sd], by: ["g"])
    // A group of a single row has no sd.
    #expect(checks.map(\.group) == [nil, nil, "a", "a", "b", "b", "c"])
    #expect(checks.map(\.rowCount) == [20, 20, 10, 10, 9, 9, 1])
    #expect(throws: TableError.self) { try fit.check(by: ["h"]) }
  }

  /// A tight prior far from the data conflicts with them; a wide one does not matter.
  @Test func priorSensitivity() async throws {
    let table = try Table(["y": .numbers([9, 11, 10, 12, 8])])
    func diagnosis(_ prior: String) async throws -> PriorSensitivity {
      let fit = try await Model("m ~ \(prior)\ny ~ Normal(m, 2)").fit(
        to: table, options: FitOptions(draws: 2000))
      return try fit.priorSensitivity()[0]
    }
    #expect(try await diagnosis("Normal(0, 2)").diagnosis == .priorDataConflict)
    let wide = try await diagnosis("Normal(0, 100)")
    #expect(wide.diagnosis == PowerScaling.Diagnosis.none)
    #expect(wide.prior! < 0.01 && wide.likelihood! > 0.05)
  }

  /// Ranks of a right model are uniform; of draws that are too narrow they are not.
  @Test func calibration() async throws {
    let table = try Table(["g": .text((0..<12).map { "g\($0 % 4)" })])
    var options = FitOptions(chains: 2, draws: 150, seed: 8)
    options.plan = .direct
    let text = """
      m ~ Normal(0, 1)
      t ~ HalfNormal(1)
      z[g] ~ Normal(0, 1)
      a[g] = m + t * z[g]
      y ~ Normal(a[g], 1)
      """
    let calibration = try await Model(text).calibrate(
      on: table, refits: 60, ranks: 49, options: options)
    #expect(calibration.refits == 60 && calibration.quantities.count == 11)
    #expect(calibration.quantities.last?.name == "log likelihood")
    #expect(calibration.quantities.allSatisfy { $0.ranks.allSatisfy { (0...49).contains($0) } })
    #expect(calibration.chance > 1e-4, "\(calibration)")
    // Other outcomes than the model's: the true values lie outside the draws.
    await #expect(throws: ModelError.self) {
      try await Model("m ~ Flat()\ny ~ Normal(m, 1)").calibrate(on: table, refits: 2)
    }
  }
}

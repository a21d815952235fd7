import Foundation
import StrataDiagnostics
import Testing

/// Power-scaling sensitivity against the formulas of the R package priorsense with weights by loo.
@Suite struct PowerScalingTests {
  /// Between draws of nearly equal distribution functions, the formulas of priorsense lose nine
  /// digits of sixteen to a difference of logarithms; those here don't.
  @Test(arguments: ["strong", "weak", "discrete"])
  func agreesWithPriorsense(kind: String) throws {
    let reference = LooReference.shared
    let quantity = reference.logLikelihoods["quantity_\(kind)"]![0]
    let component = reference.logLikelihoods["component_\(kind)"]![0]
    let scaling = PowerScaling(component: component, chains: 4)
    let ours = try #require(scaling.sensitivity(of: quantity))
    let theirs = reference.value("quantity_\(kind)", "sensitivity")
    #expect(agrees(ours, theirs, tolerance: 1e-8), "\(ours), priorsense: \(theirs)")
    #expect(scaling.paretoK < 0.5)
    // Not changed by the unit, nor by the sign.
    let other = try #require(scaling.sensitivity(of: quantity.map { -1e3 * $0 }))
    #expect(agrees(other, ours, tolerance: 1e-10))
  }

  /// Normal likelihood around 0, normal prior around 3: both move the posterior.
  @Test func diagnoses() throws {
    var random = Draws(seed: 8)
    func sensitivities(priorMean: Double, priorSD: Double, dataSD: Double) throws -> [Double] {
      let precision = 1 / (priorSD * priorSD) + 1 / (dataSD * dataSD)
      let mean = priorMean / (priorSD * priorSD) / precision
      let draws = (0..<4000).map { _ in mean + random.normal() / precision.squareRoot() }
      let prior = draws.map { -0.5 * pow(($0 - priorMean) / priorSD, 2) }
      let likelihood = draws.map { -0.5 * pow($0 / dataSD, 2) }
      return try [prior, likelihood].map {
        try #require(PowerScaling(component: $0, chains: 4).sensitivity(of: draws))
      }
    }
    let conflict = try sensitivities(priorMean: 5, priorSD: 1, dataSD: 1)
    #expect(
      PowerScaling.Diagnosis(prior: conflict[0], likelihood: conflict[1]) == .priorDataConflict)
    let strong = try sensitivities(priorMean: 0, priorSD: 1, dataSD: 20)
    #expect(PowerScaling.Diagnosis(prior: strong[0], likelihood: strong[1]) == .strongPrior)
    let weak = try sensitivities(priorMean: 0, priorSD: 30, dataSD: 1)
    #expect(PowerScaling.Diagnosis(prior: weak[0], likelihood: weak[1]) == .none)
    #expect("\(PowerScaling.Diagnosis.priorDataConflict)" == "potential prior-data conflict")
  }

  @Test func edges() {
    var random = Draws(seed: 9)
    let draws = (0..<400).map { _ in random.normal() }
    let flat = PowerScaling(component: [Double](repeating: -1, count: 400), chains: 2)
    #expect(flat.paretoK == -.infinity)
    #expect(flat.sensitivity(of: draws)! < 1e-6)
    #expect(flat.sensitivity(of: [Double](repeating: 3, count: 400)) == nil)
    #expect(flat.sensitivity(of: draws.dropLast() + [.nan]) == nil)
    let broken = PowerScaling(component: draws.dropLast() + [-.infinity], chains: 2)
    #expect(broken.paretoK == .infinity && broken.sensitivity(of: draws) == nil)
  }
}

import Foundation
import StrataDiagnostics
import Testing

/// Comparison and averaging of models, against the R package loo.
@Suite struct ModelComparisonTests {
  private let reference = LooReference.shared

  private var models: [(name: String, elpd: [Double])] {
    reference.logLikelihoods["models"]!.enumerated().map { ("m\($0.offset)", $0.element) }
  }

  @Test func agreesWithLoo() throws {
    let rows = try ModelComparison(models).rows
    #expect(rows.count == 4)
    for (rank, row) in rows.enumerated() {
      #expect(Double(rank) == reference.value("models", "rank", row.position))
      #expect(row.name == "m\(row.position)")
      let difference = reference.value("models", "diff", row.position)
      #expect(abs(row.difference.value - difference) < 1e-11)
      let error = reference.value("models", "se_diff", row.position)
      #expect(abs(row.difference.standardError - error) < 1e-11)
      #expect(abs(row.elpd.value - models[row.position].elpd.reduce(0, +)) < 1e-11)
    }
  }

  @Test func pseudoBMA() throws {
    let plain = try ModelWeights.pseudoBMA(models)
    let plus = try ModelWeights.pseudoBMAPlus(models, replications: 20_000)
    for k in 0..<4 {
      // Sums of 60 numbers of size 1 in an exponent.
      #expect(agrees(plain[k], reference.value("models", "pseudo_bma", k), tolerance: 1e-11))
      // Two bootstraps of 20,000; sd of a weight below 0.3, so the difference's is 0.003.
      #expect(abs(plus[k] - reference.value("models", "pseudo_bma_plus", k)) < 0.012)
    }
    #expect(abs(plus.reduce(0, +) - 1) < 1e-12)
    #expect(try ModelWeights.pseudoBMAPlus(models, replications: 20_000) == plus)
  }

  /// loo's optimiser stops at about 1e-6; the conditions of optimality hold to far less here.
  @Test func stackingAgreesWithLoo() throws {
    let weights = try ModelWeights.stacking(models)
    for k in 0..<4 {
      #expect(abs(weights[k] - reference.value("models", "stacking", k)) < 1e-5)
    }
    try expectOptimal(models, weights)
    #expect(weights[3] == 0)
  }

  /// g_k <= 1 for all models and g_k = 1 for those with a weight: the problem is concave, so
  /// these conditions mean an optimum.
  private func expectOptimal(
    _ models: [(name: String, elpd: [Double])], _ weights: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(abs(weights.reduce(0, +) - 1) < 1e-12, sourceLocation: sourceLocation)
    #expect(weights.allSatisfy { $0 >= 0 }, sourceLocation: sourceLocation)
    let observations = models[0].elpd.indices
    let gradient = models.map { model in
      observations.reduce(0) { sum, i in
        let mixture = zip(models, weights).reduce(0) {
          $0 + $1.1 * exp($1.0.elpd[i] - model.elpd[i])
        }
        return sum + 1 / mixture / Double(observations.count)
      }
    }
    for (g, w) in zip(gradient, weights) {
      #expect(g <= 1 + 1e-6, "g = \(g), w = \(w)", sourceLocation: sourceLocation)
      if w > 1e-3 {
        #expect(abs(g - 1) < 1e-6, "g = \(g), w = \(w)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: [2, 3, 10, 40])
  func stackingIsOptimal(count: Int) throws {
    var random = Draws(seed: UInt64(count))
    for scale in [0.01, 1, 30] {
      let models = (0..<count).map { k in
        (name: "\(k)", elpd: (0..<100).map { _ in -3 + scale * random.normal() })
      }
      try expectOptimal(models, ModelWeights.stacking(models))
    }
  }

  /// One model always better; equal models; one observation.
  @Test func stackingEdges() throws {
    let good = (name: "good", elpd: [-1.0, -2, -3])
    let bad = (name: "bad", elpd: [-1.5, -2.5, -900])
    let weights = try ModelWeights.stacking([bad, good])
    #expect(weights == [0, 1])
    let shared = try ModelWeights.stacking([good, bad, good])
    #expect(abs(shared[0] - 0.5) < 1e-6 && shared[1] == 0)
    #expect(try ModelWeights.stacking([("a", [-1]), ("b", [-2])]) == [1, 0])
  }

  @Test func errors() {
    #expect(throws: ComparisonError.tooFew(models: 1, observations: 2)) {
      try ModelComparison([("a", [1, 2])])
    }
    #expect(throws: ComparisonError.tooFew(models: 0, observations: 0)) { try ModelComparison([]) }
    let lengths = ComparisonError.lengths(model: "b", observations: 1, first: "a", expected: 2)
    #expect(throws: lengths) { try ModelComparison([("a", [1, 2]), ("b", [1])]) }
    #expect(
      lengths.description == "'b' has 1 observations and 'a' has 2: fit both to the same rows")
    #expect(throws: ComparisonError.undefined(model: "b", observations: [1])) {
      try ModelWeights.stacking([("a", [1, 2]), ("b", [1, .nan])])
    }
    #expect(
      ComparisonError.undefined(model: "b", observations: [1]).description
        == "'b' has no finite elpd at observation 2: look at the log-likelihoods there, or leave "
        + "the observation out of all models")
  }
}

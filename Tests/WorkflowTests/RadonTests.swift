import Foundation
import Strata
import StrataDiagnostics
import TestSupport
import Testing
import Workflows

/// Radon as one, county by county and as a population, against quadrature and a long run of Stan.
@Suite struct RadonTests {
  @Test func agreesWithReferences() async throws {
    let found = try await radon()
    let table = try Table(contentsOf: "\(examples)/radon.csv")
    let (y, floor) = (try table.numbers("log_radon"), try table.numbers("floor"))
    #expect(Agreement.holds("radon, pooled", try pooled(found, y, floor)))
    #expect(Agreement.holds("radon, separate", try separate(found)))
    try deviations(found, table, y, floor)
    #expect(found.fits.values.allSatisfy { !$0.diagnostics.hasFailed })
    // Members of a population predict homes they have not seen better than loners, and those better than one for all.
    let elpd = found.numbers
    #expect(elpd["radon: elpd"]! > elpd["radon_separate: elpd"]! + 10)
    #expect(elpd["radon: elpd"]! > elpd["radon_pooled: elpd"]! + 10)
    #expect(found.pictures.keys.sorted() == ["radon_lines", "radon_shrinkage"])
  }

  /// Three counties have one home: the density of their noise falls as eps^-3, and there is no variance. Those of two
  /// homes have one, whose error is infinite: they may be named, too. So may those of three: their Pareto k is 1/4, that of
  /// these draws has a standard error of 0.06, and the limit is 0.35. No other tail is heavy.
  @Test func saysWhichMomentsThereAreNot() async throws {
    let table = try Table(contentsOf: "\(examples)/radon.csv")
    let model = try Model(contentsOf: "\(examples)/radon_separate.strata")
    let fit = try await model.fit(to: table, options: FitOptions(draws: 5000))
    let note = try #require(fit.diagnostics.findings.first { $0.topic == .heavyTails })
    let factor = try table.factor("county")
    let homes = Dictionary(uniqueKeysWithValues: zip(factor.levels, factor.rowCounts))
    for (county, count) in homes {
      let noise = try #require(fit.summary["eps[\(county)]"])
      let isNamed = note.parameters.contains("eps[\(county)]")
      #expect(isNamed == (noise.sd == nil) && isNamed == (noise.meanMCSE == nil))
      #expect(noise.mean != nil && noise.q50 != nil)
      #expect(count == 1 ? isNamed : count <= 3 || !isNamed, "\(county), \(count) homes")
    }
    #expect(note.parameters.allSatisfy { $0.hasPrefix("eps[") })
    let text = fit.description.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(note.severity == .note && text.contains("Use the quantiles."))
    #expect(fit.summary.csv.contains("\neps[MURRAY],"))
  }

  /// Given eps, a and b are Normal: eps by quadrature.
  private func pooled(_ found: Workflow, _ y: [Double], _ x: [Double]) throws -> [Comparison] {
    let n = Double(y.count)
    let (sx, sxx) = (x.reduce(0, +), x.reduce(0) { $0 + $1 * $1 })
    let (sy, syy) = (y.reduce(0, +), y.reduce(0) { $0 + $1 * $1 })
    let sxy = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    var (a, b, eps) = (GridMoments(), GridMoments(), GridMoments())
    var largest = -Double.infinity
    for pass in 0..<2 {
      for (s, weight) in logGrid(from: 0.5, to: 1.2, 2001) {
        let p = 1 / (s * s)
        let (aa, ab, bb) = (1 + n * p, sx * p, 1 + sxx * p)
        let determinant = aa * bb - ab * ab
        let (ra, rb) = (sy * p, sxy * p)
        let (ma, mb) = ((bb * ra - ab * rb) / determinant, (aa * rb - ab * ra) / determinant)
        let fit = ma * ra + mb * rb
        let log =
          -n * log(s) - 0.5 * syy * p - 0.5 * log(determinant) + 0.5 * fit - log(1 + s * s)
        if pass == 0 {
          largest = max(largest, log)
        } else {
          let probability = weight * exp(log - largest)
          a.add(probability, ma, square: ma * ma + bb / determinant)
          b.add(probability, mb, square: mb * mb + aa / determinant)
          eps.add(probability, s)
        }
      }
    }
    let fit = try #require(found.fits["radon_pooled"])
    return try [("a", a), ("b", b), ("eps", eps)].flatMap {
      try fit.quantity($0.0).comparisons(mean: $0.1.mean, sd: $0.1.sd)
    }
  }

  /// The noise of a county with few homes has heavy tails: its quantiles alone are compared.
  private func separate(_ found: Workflow) throws -> [Comparison] {
    let fit = try #require(found.fits["radon_separate"])
    return try expectedPosterior("radon_separate_by_county").sorted { $0.key < $1.key }.flatMap {
      name, known in
      let isNoise = name.hasPrefix("eps")
      return try fit.quantity(name).comparisons(
        mean: isNoise ? nil : known["mean"], sd: isNoise ? nil : known["sd"],
        quantiles: [0.05: known["q5"]!, 0.5: known["q50"]!, 0.95: known["q95"]!])
    }
  }

  /// The deviations of the means that the references say. By the triangle inequality two RMSD differ by no more than the
  /// means do: by the RMS of their standard errors, which over 919 homes hardly scatters; twice that is allowed.
  private func deviations(
    _ found: Workflow, _ table: Table, _ y: [Double], _ floor: [Double]
  ) throws {
    let counties = try table.text("county")
    for (name, file) in [
      ("radon_separate", "radon_separate_by_county"), ("radon", "radon_varying_intercept_slope"),
    ] {
      let (known, fit) = (try expectedPosterior(file), try #require(found.fits[name]))
      var (squares, errors) = (0.0, 0.0)
      for (row, county) in counties.enumerated() {
        let (a, b) = ("a[\(county)]", "b[\(county)]")
        let mean = known[a]!["mean"]! + known[b]!["mean"]! * floor[row]
        squares += (y[row] - mean) * (y[row] - mean)
        for error in [
          fit.summary[a]!.meanMCSE!, known[a]!["mcse"] ?? 0,
          floor[row] * fit.summary[b]!.meanMCSE!, floor[row] * (known[b]!["mcse"] ?? 0),
        ] { errors += error * error }
      }
      let n = Double(y.count)
      let difference = found.numbers["\(name): RMSD"]! - (squares / n).squareRoot()
      #expect(abs(difference) < 2 * (errors / n).squareRoot(), "\(name): \(difference)")
    }
  }
}

import Foundation
import Strata
import Testing

extension Statistical {
  /// Not a check but a measurement, run when STRATA_MEASURE is set: what stopping at an estimated ESS does to
  /// the numbers that are reported. STRATA_SEEDS is the number of seeds (200).
  @Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["STRATA_MEASURE"] != nil))
  struct StoppingMeasurement {
    /// Eight schools with the effects integrated out: the ESS of tau is far from that of mu, and estimated badly.
    private static let text = """
      mu ~ Normal(0, 5)
      tau ~ HalfCauchy(5)
      y ~ Normal(mu, sqrt(sigma^2 + tau^2))
      """

    @Test func reportedPrecision() async throws {
      let seeds =
        ProcessInfo.processInfo.environment["STRATA_SEEDS"].flatMap(UInt64.init) ?? 200
      let table = try Table(contentsOf: "\(ExampleCase.folder)/eight_schools.csv")
      let model = try Model(Self.text)
      let truth = try await model.fit(to: table, options: FitOptions(draws: 200_000, seed: 999))
      for ess in [400.0, 1000] {
        var length = 0
        for name in ["stopped", "of fixed length"] {
          var z: [String: [Double]] = [:]
          var reported: [String: Double] = [:]
          var draws: [Double] = []
          for seed in 1...seeds {
            var options = FitOptions(seed: seed)
            if length == 0 { options.target = .until(bulkESS: ess) } else { options.draws = length }
            let fit = try await model.fit(to: table, options: options)
            draws.append(Double(fit.settings.draws))
            for row in fit.summary.rows {
              let exact = truth.summary[row.name]?.mean ?? .nan
              let error = row.statistics.meanMCSE ?? .nan
              z[row.name, default: []].append(((row.statistics.mean ?? .nan) - exact) / error)
              reported[row.name, default: 0] += (row.statistics.bulkESS ?? 0) / Double(seeds)
            }
          }
          length = Int(draws.reduce(0, +) / Double(seeds))
          for (parameter, values) in z.sorted(by: { $0.key < $1.key }) {
            let mean = values.reduce(0, +) / Double(seeds)
            let spread = (values.reduce(0) { $0 + $1 * $1 } / Double(seeds)).squareRoot()
            print(
              "| \(Int(ess)) | \(name) | \(length) | \(parameter) |",
              String(format: "%.0f | %.2f | %.2f |", reported[parameter]!, mean, spread))
          }
        }
      }
    }
  }
}

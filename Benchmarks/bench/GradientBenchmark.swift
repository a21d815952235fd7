import Strata
import StrataModels
import StrataSampling

/// Nanoseconds of one log density with gradient, one thread, for named models.
enum GradientBenchmark {
  struct Result: Encodable {
    var name: String
    var plan: String
    var rows: Int
    var dimension: Int
    var nanoseconds: Double
  }

  static func run(_ wants: (String) -> Bool) throws -> [Result] {
    var results: [Result] = []
    for named in NamedModel.all {
      let name = named.name
      let modes = [Plan.Mode.direct, .compressed].filter {
        wants("gradient \(name) \($0.rawValue)")
      }
      if modes.isEmpty { continue }
      let (model, table) = try named.make()
      for mode in modes {
        results.append(try measure(model, table, name: name, plan: mode))
      }
    }
    printTable(
      "Gradients, one thread", ["model", "plan", "rows", "parameters", "µs", "ns per row"],
      results.map {
        [
          $0.name, $0.plan, "\($0.rows)", "\($0.dimension)", short($0.nanoseconds / 1000),
          short($0.nanoseconds / Double($0.rows)),
        ]
      })
    return results
  }

  /// One model under one plan; several threads share the work of one evaluation.
  static func measure(
    _ model: Model, _ table: Table, name: String, plan: Plan.Mode, threads: Int = 1
  ) throws -> Result {
    let density = PosteriorDensity(try model.bound(to: table), plan: plan)
    return Result(
      name: name, plan: plan.rawValue, rows: table.rowCount, dimension: density.dimension,
      nanoseconds: time(density, threads: threads) * 1e9)
  }

  /// Seconds.
  static func time(_ density: PosteriorDensity, threads: Int = 1) -> Double {
    let evaluation = density.makeEvaluation(threads: threads)
    var random = RandomStream(seed: 2)
    let position = (0..<density.dimension).map { _ in 0.3 * random.normal() }
    var gradient = [Double](repeating: 0, count: density.dimension)
    return position.withUnsafeBufferPointer { position in
      gradient.withUnsafeMutableBufferPointer { gradient in
        Timing {
          _ = evaluation.logDensity(at: position.baseAddress!, gradient: gradient.baseAddress!)
        }.median
      }
    }
  }
}

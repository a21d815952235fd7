import Foundation
import Strata
import Testing

/// Archives read by the packages of others: xarray, Zarr and ArviZ of PyPI.
///
/// They need Python 3.12 or later with `arviz` 1.0 or later, `xarray` and `zarr`: the one that STRATA_PYTHON names, else the
/// first on the PATH that has them. `.ci/run` makes one.
@Suite(
  .enabled(
    if: Python.executable != nil,
    "no Python with arviz >= 1.0, xarray and zarr was found: name one in STRATA_PYTHON"))
struct PythonTests {
  /// What the script prints, from Python's JSON.
  private func numbers(_ json: Any?) throws -> [Double] {
    try #require(json as? [Any]).map { ($0 as? NSNumber)?.doubleValue ?? .nan }
  }

  private func expectClose(_ a: [Double], _ b: [Double?], _ tolerance: Double, _ what: String) {
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) {
      guard let y else { continue }
      #expect(abs(x - y) <= tolerance * max(1, abs(y)), "\(what): \(x) and \(y)")
    }
  }

  @Test func arvizGivesOurNumbers() async throws {
    let scratch = try Scratch()
    let run = try await Command.run(
      ["fit", "--out", "out", "--with", "log_likelihood,posterior_predictive,prior", "--stan-csv"]
        + Command.example("eight_schools"), in: scratch)
    #expect([0, 3].contains(run.status), "\(run.errors)")
    let fit = try Fit(contentsOf: scratch.url.appending(path: "out").path)
    let said = try Python.run(
      """
      import json, sys, warnings
      warnings.simplefilter("error")
      import arviz as az, xarray as xr
      az.rcParams["stats.ci_prob"] = 0.95  # ArviZ takes its tails at 0.05 and 0.95 then
      path = "out/fit.zarr"
      tree = xr.open_datatree(path, engine="zarr")
      again = az.from_zarr(path)
      posterior = tree["posterior"]
      table = az.summary(tree, kind="all", round_to="none")
      warnings.simplefilter("default")
      loo = az.loo(tree, pointwise=True)
      az.plot_forest(tree, backend="none")
      az.plot_trace_dist(tree, backend="none")
      columns = list(table.columns)
      print(json.dumps({
        "groups": sorted(tree.children), "names": list(table.index), "columns": columns,
        "dims": list(posterior["theta"].dims), "shape": list(posterior["theta"].shape),
        "schools": [str(x) for x in posterior["school"].values],
        "mean": list(table["mean"]), "sd": list(table["sd"]),
        "ess_bulk": list(table["ess_bulk"]), "ess_tail": list(table["ess_tail"]),
        "r_hat": list(table["r_hat"]), "mcse": list(table["mcse_mean"]),
        "elpd": float(loo.elpd), "se": float(loo.se), "k": [float(x) for x in loo.pareto_k.values],
        "observed": [float(x) for x in tree["observed_data"]["y"].values],
        "diverging": int(tree["sample_stats"]["diverging"].sum()),
        "lp": float(tree["sample_stats"]["lp"].mean()),
        "predictive": list(tree["posterior_predictive"]["y"].shape),
        "prior": list(tree["prior"]["theta"].shape),
        "model": tree.attrs["model"], "from_zarr": sorted(again.children),
      }))
      """, in: scratch)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any], "\(said)")
    #expect(
      object["groups"] as? [String] == [
        "log_likelihood", "observed_data", "posterior", "posterior_predictive", "prior",
        "prior_predictive", "sample_stats", "strata",
      ])
    #expect(object["from_zarr"] as? [String] == object["groups"] as? [String])
    #expect(object["dims"] as? [String] == ["chain", "draw", "school"])
    #expect(object["shape"] as? [Int] == [4, 1000, 8])
    #expect(object["predictive"] as? [Int] == [4, 1000, 8])
    #expect(object["prior"] as? [Int] == [1, 1000, 8])
    // ArviZ writes theta[A] as we do.
    let names = try #require(object["names"] as? [String])
    #expect(names == fit.parameterNames)
    let rows = fit.summary.rows.map(\.statistics)
    expectClose(try numbers(object["mean"]), rows.map(\.mean), 1e-12, "mean")
    expectClose(try numbers(object["sd"]), rows.map(\.sd), 1e-12, "sd")
    expectClose(try numbers(object["ess_bulk"]), rows.map(\.bulkESS), 1e-6, "bulk-ESS")
    expectClose(try numbers(object["ess_tail"]), rows.map(\.tailESS), 1e-6, "tail-ESS")
    expectClose(try numbers(object["r_hat"]), rows.map(\.rHat), 1e-9, "R-hat")
    expectClose(try numbers(object["mcse"]), rows.map(\.meanMCSE), 1e-6, "MCSE")
    expectClose(
      try numbers(object["observed"]), fit.bound.outcomes[0].values ?? [], 0, "observed")
    #expect((object["diverging"] as? Int) == fit.divergences)
    let ours = try fit.leaveOneOut()
    let elpd = try #require((object["elpd"] as? NSNumber)?.doubleValue)
    #expect(abs(elpd - ours.elpd.reduce(0, +)) < 0.01, "\(elpd), \(ours.elpd.reduce(0, +))")
  }

  @Test func awkwardModelsOpenWithTheirNames() async throws {
    let scratch = try Scratch()
    for (index, test) in ArchiveTests.cases.enumerated() where test.options.effects == .draws {
      let fit = try await Model(test.model).fit(to: test.table(), options: test.options)
      try fit.save(
        to: scratch.folder("out-\(index)"), with: [.logLikelihood, .posteriorPredictive])
      let said = try Python.run(
        """
        import json, warnings
        warnings.simplefilter("error")
        import arviz as az, xarray as xr
        tree = xr.open_datatree("out-\(index)/fit.zarr", engine="zarr")
        table = az.summary(tree, kind="stats", round_to="none")
        print(json.dumps({"mean": list(table["mean"]), "rows": [str(x) for x in tree["observed_data"]["row"].values]}))
        """, in: scratch)
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any], "\(said)")
      expectClose(
        try numbers(object["mean"]), fit.summary.rows.map(\.statistics.mean), 1e-12, test.name)
      #expect(object["rows"] as? [String] == fit.bound.layout.table.rowFactor().levels)
    }
  }
}

/// The Python that reads archives.
enum Python {
  static let executable: String? = {
    let named = ProcessInfo.processInfo.environment["STRATA_PYTHON"].map { [$0] }
    let candidates = named ?? ["python3.14", "python3.13", "python3.12", "python3"]
    let check = """
      import sys, arviz, xarray, zarr
      assert sys.version_info >= (3, 12) and int(arviz.__version__.split(".")[0]) >= 1
      """
    return candidates.first { (try? call($0, ["-c", check], in: nil))?.status == 0 }
  }()

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What a script prints.
  static func run(_ script: String, in scratch: Scratch) throws -> String {
    let result = try call(executable!, ["-c", script], in: scratch.url)
    guard result.status == 0 else { throw Failure(description: result.text) }
    return result.text
  }

  private static func call(
    _ python: String, _ arguments: [String], in folder: URL?
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python] + arguments
    if let folder { process.currentDirectoryURL = folder }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let status = process.terminationStatus
    return (status, String(decoding: status == 0 ? text : said, as: UTF8.self))
  }
}

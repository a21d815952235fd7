import Foundation
import Strata
import StrataModels
import Testing

/// A fit that is saved and read back.
@Suite struct ArchiveTests {
  /// A model, its table, and how it is fitted.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var model: String
    var table: @Sendable () throws -> Table
    var options: FitOptions
    var testDescription: String { name }
  }

  private static func options(
    draws: Int = 100, _ change: (inout FitOptions) -> Void = { _ in }
  ) -> FitOptions {
    var options = FitOptions(chains: 3, warmup: nil, draws: draws, seed: 5)
    change(&options)
    return options
  }

  private static let small: @Sendable () throws -> Table = {
    try Table([
      "y": .numbers((0..<24).map { Double($0 % 7) / 3 - 1 }),
      "n": .wholeNumbers((0..<24).map { $0 % 5 }),
      "x": .numbers((0..<24).map { sin(Double($0)) }),
      "z": .numbers((0..<24).map { cos(Double($0)) }),
      "g": .text((0..<24).map { ["north, far", "süd", "01"][$0 % 3] }),
      "h": .wholeNumbers((0..<24).map { [7, 11][$0 / 4 % 2] }),
      "unused": .numbers((0..<24).map { _ in .nan }),
    ])
  }

  static let cases: [Case] = [
    Case(
      name: "grid", model: "m ~ Normal(0, 1)\ny ~ Normal(m, 1)", table: small, options: options()),
    Case(
      name: "integrated groups",
      model: """
        # A comment stays.
        m ~ Normal(0, 1)
        s ~ HalfNormal(1)
        e ~ HalfNormal(1)
        a[g] ~ Normal(m, s)
        d = a["01"] - m
        y ~ Normal(a[g], e)
        """, table: small, options: options()),
    Case(
      name: "sampled groups",
      model: """
        m ~ Normal(0, 1)
        s ~ HalfNormal(1)
        a[g, h] ~ Normal(m, s)
        n ~ Poisson(log = a[g, h])
        """, table: small, options: options()),
    Case(
      name: "coefficients and rows",
      model: """
        b[columns: x, z] ~ Normal(0, 1)
        e ~ HalfNormal(1)
        u[row] ~ StudentT(4, 0, 1)
        y ~ Normal(dot(columns: x, z; b) + u[row], e)
        """, table: small, options: options()),
    Case(
      name: "Metropolis", model: "m ~ Normal(0, 1)\ns ~ HalfNormal(1)\ny ~ StudentT(5, m, s)",
      table: small, options: options { $0.sampler = .metropolis }),
    Case(
      name: "means of effects",
      model: "s ~ HalfNormal(1)\ne ~ HalfNormal(1)\na[g] ~ Normal(0, s)\ny ~ Normal(a[g], e)",
      table: small, options: options { $0.effects = .mean }),
    Case(
      name: "until an ESS", model: "m ~ Normal(0, 1)\ns ~ HalfNormal(1)\ny ~ StudentT(5, m, s)",
      table: small, options: options { $0.target = .until(bulkESS: 400) }),
    Case(
      name: "rows with missing cells",
      model: "m ~ Normal(0, 1)\ne ~ HalfNormal(1)\nu[row] ~ Normal(m, 1)\ny ~ Normal(u[row], e)",
      table: {
        try Table(
          csv: "y,g\n1.50,a\nNA,b\n,a\n-2e-1,c\n3,a\n", name: "made up", dropMissing: true)
      }, options: options()),
    Case(
      name: "two outcomes",
      model: "m ~ Normal(0, 1)\ny ~ Normal(m, 1)\nlog(n + 1) ~ Normal(m, 1)", table: small,
      options: options()),
  ]

  @Test(arguments: cases) func readBackIsTheSame(_ test: Case) async throws {
    let scratch = try Scratch()
    let fit = try await Model(test.model).fit(to: test.table(), options: test.options)
    try fit.save(to: scratch.folder("out"))
    let read = try Fit(contentsOf: scratch.url.appending(path: "out").path)

    #expect(read.parameterNames == fit.parameterNames)
    #expect(read.settings == fit.settings)
    #expect(read.isComplete)
    #expect(read.plan == fit.plan)
    #expect(read.notes == fit.notes)
    #expect(read.rounds == fit.rounds)
    #expect((read.rowCount, read.droppedRows) == (fit.rowCount, fit.droppedRows))
    #expect(read.evaluations == fit.evaluations)
    #expect(read.divergences == fit.divergences)
    #expect(read.diagnostics.lines == fit.diagnostics.lines)
    #expect(read.summary.csv == fit.summary.csv)
    for (a, b) in zip(read.chains, fit.chains) {
      #expect(bits(a.reported) == bits(b.reported))
      for value in [\DrawStatistics.logDensity, \.energy, \.acceptance] {
        #expect(
          bits(a.statistics.map { $0[keyPath: value] })
            == bits(b.statistics.map { $0[keyPath: value] }))
      }
      #expect(a.statistics.map(\.treeDepth) == b.statistics.map(\.treeDepth))
      #expect(a.statistics.map(\.leapfrogCount) == b.statistics.map(\.leapfrogCount))
      #expect(a.stepSize.bitPattern == b.stepSize.bitPattern)
      #expect(bits(a.lastPosition) == bits(b.lastPosition))
      #expect(a.divergences == b.divergences)
      #expect(a.moments == b.moments)
    }
    guard fit.settings.effects == .draws else { return }
    for outcome in fit.bound.outcomes.map(\.subject) {
      let what = PredictedQuantity.outcome(outcome)
      #expect(try read.predict(of: what).draws() == fit.predict(of: what).draws())
      let (a, b) = (try read.leaveOneOut(outcome: outcome), try fit.leaveOneOut(outcome: outcome))
      #expect(a.elpd == b.elpd)
    }
    #expect(
      "\(try CheckReport(read, outcome: fit.bound.outcomes[0].subject))"
        == "\(try CheckReport(fit, outcome: fit.bound.outcomes[0].subject))")

    // Saved again, it is the same bytes.
    try read.save(to: scratch.folder("again"))
    #expect(try scratch.files(under: "again/fit.zarr") == scratch.files(under: "out/fit.zarr"))
  }

  @Test func archivesOfOtherDrawsAreOtherBytes() async throws {
    let scratch = try Scratch()
    for seed in [1, 2] {
      let options = FitOptions(chains: 2, draws: 50, seed: UInt64(seed))
      let fit = try await Model("m ~ Normal(0, 1)\ny ~ Normal(m, 1)").fit(
        to: Self.small(), options: options)
      try fit.save(to: scratch.folder("\(seed)"))
    }
    #expect(try scratch.files(under: "1/fit.zarr") != scratch.files(under: "2/fit.zarr"))
  }

  @Test func checksumsAreThoseOfXXHash() {
    let known = [
      "": "ef46db3751d8e999", "a": "d24ec4f1a98c6e5b", "abc": "44bc2cf5ad770999",
      "Nobody inspects the spammish repetition": "fbcea83c8a378bf1",
    ]
    for (text, hash) in known { #expect(XXH64.text(XXH64.hash(Array(text.utf8))) == hash) }
  }

  // MARK: Errors

  private func saved() async throws -> Scratch {
    let scratch = try Scratch()
    let fit = try await Model("m ~ Normal(0, 1)\nb[g] ~ Normal(m, 1)\ny ~ Normal(b[g], 1)").fit(
      to: Self.small(), options: Self.options())
    try fit.save(to: scratch.folder("out"))
    return scratch
  }

  private func expectError(_ scratch: Scratch, _ text: String) {
    #expect {
      try Fit(contentsOf: scratch.url.appending(path: "out").path)
    } throws: { error in
      let isSame = "\(error)".contains(text)
      if !isSame { Issue.record("\(error)") }
      return isSame && error is ArchiveError
    }
  }

  @Test func aFolderWithoutFitIsSaid() throws {
    let scratch = try Scratch()
    expectError(scratch, "there is no folder")
    _ = try scratch.folder("out")
    expectError(scratch, "holds no fit")
  }

  @Test func aNewerVersionIsSaid() async throws {
    let scratch = try await saved()
    let path = "out/fit.zarr/strata/.zattrs"
    let text = try scratch.read(path)
    try scratch.write(
      text.replacingOccurrences(of: "\"archive_version\":1", with: "\"archive_version\":7"),
      to: path)
    expectError(
      scratch, "has archive version 7, and this Strata (\(strataVersion)) reads versions up to 1")
  }

  @Test func everyBrokenChunkIsSaid() async throws {
    let scratch = try await saved()
    let files = try scratch.files(under: "out/fit.zarr")
    // What readers of Zarr alone look at: names of dimensions, coordinates, data.
    let own = files.keys.filter { path in
      let isChunk = !path.split(separator: "/").last!.hasPrefix(".")
      let isOwn =
        path.hasPrefix("strata/") || path.hasPrefix("sample_stats/") || path.hasPrefix("posterior/")
      let isCoordinate = ["/chain/", "/draw/", "/g/", "/step_size/"].contains { path.contains($0) }
      return isChunk && isOwn && !isCoordinate
    }.sorted()
    #expect(own.count == 10)
    for path in own {
      let file = scratch.url.appending(path: "out/fit.zarr/\(path)")
      let whole = try Data(contentsOf: file)
      var changed = whole
      changed[changed.count / 2] ^= 1
      try changed.write(to: file)
      expectError(scratch, "\(path) is not as it was written: its checksum differs")
      try whole.dropLast().write(to: file)
      expectError(scratch, "\(path) has \(whole.count - 1) bytes where \(whole.count) were written")
      try FileManager.default.removeItem(at: file)
      expectError(scratch, "\(path) cannot be read")
      try whole.write(to: file)
    }
    _ = try Fit(contentsOf: scratch.url.appending(path: "out").path)
  }

  @Test func everyBrokenDescriptionOfAnArrayIsSaid() async throws {
    let scratch = try await saved()
    for path in ["posterior/b/.zarray", "sample_stats/lp/.zarray", "strata/table/.zarray"] {
      let file = scratch.url.appending(path: "out/fit.zarr/\(path)")
      let whole = try Data(contentsOf: file)
      var changed = whole
      changed[changed.count / 2] ^= 1
      try changed.write(to: file)
      expectError(scratch, "fit.zarr/\(path) is not as it was written: its checksum differs")
      try FileManager.default.removeItem(at: file)
      expectError(scratch, "fit.zarr/\(path) cannot be read (No such file or directory)")
      // It would be waited for.
      #expect(mkfifo(file.path, 0o600) == 0)
      expectError(scratch, "fit.zarr/\(path) cannot be read (it is not a file)")
      try FileManager.default.removeItem(at: file)
      try whole.write(to: file)
    }
  }

  @Test func aSeedOrPriorThatIsNotAsItWasWrittenIsSaid() async throws {
    let scratch = try await saved()
    let path = "out/fit.zarr/strata/.zattrs"
    let text = try scratch.read(path)
    for (from, to) in [("\"seed\":5", "\"seed\":6"), ("Normal(0, 1)", "Normal(0, 7)")] {
      #expect(text.contains(from))
      try scratch.write(text.replacingOccurrences(of: from, with: to), to: path)
      expectError(scratch, "fit.zarr/strata/.zattrs is not as it was written")
    }
  }

  @Test func brokenDescriptionsAreSaid() async throws {
    let scratch = try await saved()
    let path = "out/fit.zarr/strata/.zattrs"
    let text = try scratch.read(path)
    try scratch.write(String(text.dropLast(20)), to: path)
    expectError(scratch, "strata/.zattrs is not what a fit has there")
    try FileManager.default.removeItem(at: scratch.url.appending(path: path))
    expectError(scratch, "strata/.zattrs is not there")
  }

  @Test func anotherModelOrTableIsSaid() async throws {
    let scratch = try await saved()
    let path = scratch.url.appending(path: "out").path
    let same = try Model(
      "m ~ Normal(0, 1)  # spaced otherwise\n\nb[g]~Normal(m,1)\ny ~ Normal(b[g], 1)")
    _ = try Fit(contentsOf: path, model: same, table: Self.small())
    #expect {
      try Fit(contentsOf: path, model: Model("m ~ Normal(0, 2)\ny ~ Normal(m, 1)"))
    } throws: {
      "\($0)".hasSuffix(
        "its statement 1 is `m ~ Normal(0, 2)`, and `m ~ Normal(0, 1)` was fitted. Fit again")
    }
    #expect {
      try Fit(contentsOf: path, model: Model("m ~ Normal(0, 1)\nb[g] ~ Normal(m, 1)"))
    } throws: { "\($0)".hasSuffix("it lacks `y ~ Normal(b[g], 1)`. Fit again") }
    // The same columns in another order, among others, are the same table.
    let small = try Self.small()
    let turned = try Table([
      "unused": .numbers((0..<24).map { Double($0) }), "g": .text(try small.text("g")),
      "y": .numbers(try small.numbers("y")),
    ])
    _ = try Fit(contentsOf: path, table: turned)
    var cells = try small.numbers("y")
    cells[2] = 7
    let changed = try Table(
      ["y": .numbers(cells), "g": .text(try small.text("g"))], name: "changed.csv")
    #expect {
      try Fit(contentsOf: path, table: changed)
    } throws: { "\($0)".contains("row 3 of column \"y\" is 7, and was ") }
    let other = try Table(["y": .numbers([1, 2]), "g": .text(["a", "b"])], name: "other.csv")
    let lacking = try Table(["q": .numbers([1])], name: "other.csv")
    for (table, difference) in [
      (other, "it has 2 rows, and 24 were fitted"), (lacking, "it has no column \"y\""),
    ] {
      #expect {
        try Fit(contentsOf: path, table: table)
      } throws: {
        "\($0)".hasPrefix("the table \"other.csv\" is not the one that was fitted in")
          && "\($0)".contains(difference)
      }
    }
  }
}

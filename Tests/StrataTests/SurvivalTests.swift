import Foundation
import Strata
import StrataKernels
import Testing

/// Runs of the command that are stopped, and gone on with.
@Suite(.serialized) struct SurvivalTests {
  /// Every path of the samplers that has a state of its own: dense metric, diagonal metric with a pilot, Metropolis, grid.
  /// Draws for half a second or more, so that there are several records to be killed between.
  private static let models = [
    (name: "dense", arguments: ["--plan", "direct", "--draws", "60000"]),
    (name: "pilot", arguments: ["--draws", "60000"]),
    (name: "metropolis", arguments: ["--sampler", "metropolis", "--draws", "150000"]),
    (name: "grid", arguments: ["--sampler", "grid", "--draws", "600000"]),
  ]

  private func write(_ name: String, in scratch: Scratch) throws {
    let rows = (0..<60).map { "\((37 * $0) % 11),g\($0 % 12)" }.joined(separator: "\n")
    try scratch.write("n,g\n\(rows)\n", to: "table.csv")
    let text =
      switch name {
      case "pilot":
        "m ~ Normal(0, 1)\ns ~ HalfNormal(1)\na[g] ~ Normal(m, s)\nn ~ NegBinomial(mean = exp(a[g]), dispersion = 3)"
      case "grid": "m ~ Normal(0, 10)\ns ~ HalfNormal(5)\nn ~ Normal(m, s)"
      default: "m ~ Normal(0, 10)\ns ~ HalfNormal(5)\nk ~ Gamma(2, 0.1)\nn ~ StudentT(k, m, s)"
      }
    try scratch.write(text, to: "model.strata")
  }

  private func arguments(_ name: String, out: String) -> [String] {
    let own = Self.models.first { $0.name == name }!.arguments
    return ["fit", "model.strata", "--data", "table.csv", "--chains", "3", "--out", out, "--quiet"]
      + own
  }

  /// Kills a run as soon as a first record is there.
  /// - Returns: the path of a chain's journal.
  private func journal(
    ofKilled name: String, out: String, in scratch: Scratch
  ) async throws -> String {
    let journals = (0..<3).map { "\(out)/fit.unfinished/chain-\($0)" }
    // A run may end before it is looked at.
    for _ in 0..<20 {
      _ = try await Command.run(arguments(name, out: out), in: scratch, killWhenWritten: journals)
      if let journal = journals.first(where: scratch.hasContent) { return journal }
    }
    return try #require(nil, "no run was killed between its first record and its end")
  }

  @Test(arguments: models.map(\.name)) func killedRunsEndWithTheSameBytes(_ name: String)
    async throws
  {
    let scratch = try Scratch()
    try write(name, in: scratch)
    let clock = ContinuousClock()
    let begin = clock.now
    let whole = try await Command.run(arguments(name, out: "whole"), in: scratch)
    let seconds = (clock.now - begin) / .seconds(1)
    #expect([0, 3].contains(whole.status), "\(whole.errors)")
    let expected = try scratch.files(under: "whole/fit.zarr")
    #expect(!expected.isEmpty)
    #expect(!scratch.exists("whole/fit.unfinished"))

    var random = RandomStream(seed: 6)
    var (kills, runs, resumed) = (0, 0, 0)
    while kills < 13 {
      runs += 1
      let out = "killed-\(runs)"
      while true {
        let isBegun = scratch.exists("\(out)/fit.unfinished/run.json")
        let hasDraws = (0..<3).contains { scratch.exists("\(out)/fit.unfinished/chain-\($0)") }
        let command = isBegun ? ["resume", out, "--quiet"] : arguments(name, out: out)
        let delay = Double.random(in: 0...0.8 * seconds, using: &random)
        let result = try await Command.run(
          command, in: scratch, killAfter: kills < 13 ? delay : nil)
        if isBegun, hasDraws { resumed += 1 }
        if result.status == SIGKILL {
          kills += 1
          // Killed after everything was written.
          if !scratch.exists("\(out)/fit.unfinished/run.json"), scratch.exists("\(out)/fit.zarr") {
            break
          }
          continue
        }
        #expect(result.status == whole.status, "\(result.errors)")
        #expect(result.output == whole.output)
        break
      }
      #expect(try scratch.files(under: "\(out)/fit.zarr") == expected)
    }
    #expect(resumed > 0, "no run was gone on with that had draws on disk")
  }

  @Test func aTornRecordIsDropped() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    let whole = try await Command.run(arguments("dense", out: "whole"), in: scratch)
    let journal = try await journal(ofKilled: "dense", out: "torn", in: scratch)
    let file = scratch.url.appending(path: journal)
    var bytes = try Data(contentsOf: file)
    bytes.removeLast(11)
    try bytes.write(to: file)
    let result = try await Command.run(["resume", "torn", "--quiet"], in: scratch)
    #expect(result.output == whole.output)
    #expect(try scratch.files(under: "torn/fit.zarr") == scratch.files(under: "whole/fit.zarr"))
  }

  @Test func interruptedRunsKeepWhatThereIs() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    var long = arguments("dense", out: "out").filter { $0 != "--quiet" }
    long[long.firstIndex(of: "60000")!] = "2000000"
    let result = try await Command.run(long, in: scratch, interruptAfter: 2)
    #expect(result.status == 130)
    #expect(result.output.contains("\nm "))
    #expect(result.output.contains("Note: the run was interrupted: these are "))
    #expect(result.errors.hasSuffix("\nInterrupted. To go on: strata resume out\n"))
    for name in ["summary.csv", "run.json", "fit.zarr/.zmetadata", "fit.unfinished/run.json"] {
      #expect(scratch.exists("out/\(name)"), "\(name)")
    }
    let again = try await Command.run(["summary", "out"], in: scratch)
    #expect(again.output == result.output)
    let fit = try Fit(contentsOf: scratch.url.appending(path: "out").path)
    #expect(!fit.isComplete)
    #expect(fit.settings.draws > 100)
    // What was killed has no archive, but its draws.
    try FileManager.default.removeItem(at: scratch.url.appending(path: "out/fit.zarr"))
    let journals = try Fit(contentsOf: scratch.url.appending(path: "out").path)
    #expect(journals.settings.draws == fit.settings.draws)
    #expect(journals.summary.csv == fit.summary.csv)
  }

  @Test func terminatedRunsKeepWhatThereIs() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    var long = arguments("dense", out: "it's out")
    long[long.firstIndex(of: "60000")!] = "2000000"
    for (number, status) in [(SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)] {
      let result = try await Command.run(long, in: scratch, signals: [(2, number)])
      #expect(result.status == status)
      #expect(result.output.contains("\nm "))
      // A path that can be copied into a shell.
      #expect(
        result.errors.hasSuffix("\nInterrupted. To go on: strata resume 'it'\\''s out'\n"))
      #expect(scratch.exists("it's out/fit.zarr/.zmetadata"))
    }
  }

  @Test func aSecondCtrlCStopsAtOnceAndSaysHowToGoOn() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    var long = arguments("dense", out: "out")
    long[long.firstIndex(of: "60000")!] = "2000000"
    let result = try await Command.run(
      long, in: scratch, signals: [(2, SIGINT), (2.02, SIGINT)])
    #expect(result.status == 130)
    // Where the first was enough within 20 ms, the second came while the results were written.
    #expect(result.errors.contains("To go on: strata resume out\n"))
    #expect(scratch.exists("out/fit.unfinished/run.json"))
  }

  @Test func aFolderIsWrittenByOneProcessOnly() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    var long = arguments("dense", out: "out")
    long[long.firstIndex(of: "60000")!] = "2000000"
    let (command, other) = (long, arguments("dense", out: "out"))
    async let running = Command.run(command, in: scratch, signals: [(4, SIGINT)])
    try await Task.sleep(for: .seconds(2))
    let inner = try Scratch()
    let folder = scratch.url.appending(path: "out").path
    for arguments in [
      ["resume", folder],
      ["fit"]
        + other.dropFirst().map { name in
          ["model.strata", "table.csv", "out"].contains(name)
            ? scratch.url.appending(path: name).path : name
        },
    ] {
      let result = try await Command.run(arguments, in: inner)
      #expect(result.status == 1)
      #expect(result.errors.contains("another process is writing into the folder \"\(folder)\""))
    }
    // Reading is free.
    _ = try await Command.run(["summary", folder], in: inner)
    #expect(try await running.status == 130)
    #expect(try !Fit(contentsOf: folder).isComplete)
  }

  @Test func aRunBesideAnEarlierFitIsSaid() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    var short = arguments("dense", out: "out")
    short[short.firstIndex(of: "60000")!] = "100"
    _ = try await Command.run(short, in: scratch)
    _ = try await Command.run(arguments("dense", out: "out"), in: scratch, killAfter: 0.1)
    try #require(scratch.exists("out/fit.unfinished/run.json"))
    let result = try await Command.run(["summary", "out"], in: scratch)
    #expect(
      result.errors.hasPrefix(
        "Note: the folder also holds a run that was begun after this fit and has not ended."))
  }

  @Test func brokenJournalsAreMadeAgain() async throws {
    let scratch = try Scratch()
    try write("pilot", in: scratch)
    let whole = try await Command.run(arguments("pilot", out: "whole"), in: scratch)
    let expected = try scratch.files(under: "whole/fit.zarr")
    for change in ["flip", "folder", "run.json", "table.csv"] {
      let out = "broken-\(change)"
      let path = "\(out)/fit.unfinished"
      let journal = try await journal(ofKilled: "pilot", out: out, in: scratch)
      let isJournal = ["flip", "folder"].contains(change)
      let file = scratch.url.appending(path: isJournal ? journal : "\(path)/\(change)")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count / 2] ^= 1
      if change == "folder" {
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
      } else {
        try bytes.write(to: file)
      }
      let result = try await Command.run(["resume", out, "--quiet"], in: scratch)
      if isJournal {
        #expect(result.output == whole.output)
        #expect(try scratch.files(under: "\(out)/fit.zarr") == expected)
      } else {
        #expect(result.status == 1)
        #expect(result.errors.contains("is broken: fit.unfinished/\(change) is not "))
      }
    }
  }

  @Test func aFullDiskIsReportedAndLeavesTheDraws() async throws {
    let scratch = try Scratch()
    try write("dense", in: scratch)
    // No file may grow over 1 or 2 MB: journals are about 4.5 MB each, chunks of the archive at most 1.44 MB.
    for limit in [1000, 2000] {
      let out = "full-\(limit)"
      let result = try await Command.run(
        arguments("dense", out: out), in: scratch, shell: "trap '' XFSZ; ulimit -f \(2 * limit)")
      #expect(result.output.contains("\nm "))
      let isWritten = result.status != 1
      if !isWritten {
        #expect(result.errors.contains("cannot write into the folder \"\(out)\": File too large"))
        #expect(
          result.errors.hasSuffix(
            "; name another folder.\nOnce it can be written: strata resume \(out)\n"))
        #expect(!scratch.exists("\(out)/fit.zarr"))
        #expect(!scratch.exists("\(out)/fit.zarr.partial"))
        // Whether a first record went under the limit depends on the machine.
        do {
          let fit = try Fit(contentsOf: scratch.url.appending(path: out).path)
          #expect(!fit.isComplete)
        } catch ArchiveError.noDrawsYet {}
        let resumed = try await Command.run(["resume", out], in: scratch)
        #expect([0, 3].contains(resumed.status))
      }
      #expect(isWritten == (limit == 2000))
      #expect(try Fit(contentsOf: scratch.url.appending(path: out).path).isComplete)
    }
  }

  @Test func nothingToResumeIsSaid() async throws {
    let scratch = try Scratch()
    let result = try await Command.run(["resume", "nowhere"], in: scratch)
    #expect(result.status == 1)
    #expect(
      result.errors
        == "Error: there is no folder \"nowhere\": name one that strata fit wrote with --out\n")
    #expect(!scratch.exists("nowhere"))
    _ = try scratch.folder("empty")
    let empty = try await Command.run(["resume", "empty"], in: scratch)
    #expect(
      empty.errors
        == "Error: the folder \"empty\" holds no unfinished run: there is nothing to resume\n")
  }

  // MARK: Same seed, same bytes

  @Test func threadsDoNotChangeTheBytes() async throws {
    let scratch = try Scratch()
    for name in ["dense", "pilot", "grid"] {
      try write(name, in: scratch)
      let model = try Model(contentsOf: scratch.url.appending(path: "model.strata").path)
      let table = try Table(contentsOf: scratch.url.appending(path: "table.csv").path)
      var first: [String: Data] = [:]
      for threads in [1, 2, 3, 8] {
        var options = FitOptions(chains: 3, draws: 300, seed: 9)
        options.threads = threads
        let out = "\(name)-\(threads)"
        try await model.fit(to: table, options: options).save(to: scratch.folder(out))
        let files = try scratch.files(under: "\(out)/fit.zarr")
        if first.isEmpty { first = files }
        #expect(files == first)
      }
    }
  }

  @Test func backendsDoNotChangeTheBytes() async throws {
    let scratch = try Scratch()
    for example in ["radon", "response_times"] {
      var first: [String: Data] = [:]
      for backend in ["portable", "avx2", "avx512"] {
        let out = "\(example)-\(backend)"
        let result = try await Command.run(
          ["fit", "--out", out, "--draws", "100", "--warmup", "150"] + Command.example(example),
          in: scratch, environment: ["STRATA_BACKEND": backend])
        // Not every machine has every one.
        guard [0, 3].contains(result.status) else { continue }
        let files = try scratch.files(under: "\(out)/fit.zarr")
        if first.isEmpty { first = files }
        #expect(!files.isEmpty)
        #expect(files == first, "\(example) with \(backend)")
      }
    }
  }
}

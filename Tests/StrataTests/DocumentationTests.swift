import Foundation
import Strata
import StrataDiagnostics
import StrataModels
import Testing

/// That README.md, the catalog Strata.docc and the doc comments say what is so. In them stand, by the language of a block:
///
/// - `swift`: lines of `DocumentationCode`, which is compiled and run here;
/// - `model`: a model that fits one of the examples' tables; `lines`: lines of a model that can be read;
/// - `sh`: commands, run in a folder with the examples; `text` right after it: what they print, `…` for what is left out;
/// - `stan`, `r`, `python`: other people's languages, which nothing checks.
@Suite(.serialized) struct DocumentationTests {
  static let catalog = Command.root.appending(path: "Sources/Strata/Strata.docc")

  /// The folder that all of it runs in: models and tables of the examples, and the folder Examples itself.
  static let folder: Result<Scratch, any Error> = Result {
    let folder = try Scratch()
    let files = FileManager.default
    let examples = Command.root.appending(path: "Examples")
    for name in try files.contentsOfDirectory(atPath: examples.path)
    where name.hasSuffix(".csv") || name.hasSuffix(".strata") {
      try files.copyItem(at: examples.appending(path: name), to: folder.url.appending(path: name))
    }
    try files.createSymbolicLink(
      at: folder.url.appending(path: "Examples"), withDestinationURL: examples)
    try folder.write("county,floor\nHENNEPIN,0\nNOWHERE,1\n", to: "new_homes.csv")
    #expect(files.changeCurrentDirectoryPath(folder.url.path))
    return folder
  }

  // MARK: - Swift

  @Test func readmeRuns() async throws {
    _ = try Self.folder.get()
    let fit = try await DocumentationCode.readme()
    #expect(fit.parameterNames.count == 5 + 2 * 85)
    #expect(fit.diagnostics.verdict != nil)
    let slope = try #require(fit.summary["b[HENNEPIN]"])
    // Examples/expected: -0.763; the tolerance is about 10 Monte Carlo standard errors.
    #expect(abs(try #require(slope.mean) + 0.763) < 0.03)
    let text = try Model(contentsOf: "Examples/radon.strata").description
    #expect(try DocumentationCode.typedModel().description == text)
  }

  /// With STRATA_WRITE_DOCUMENTATION in the environment, what the tutorial shows is written anew.
  @Test func tutorialShowsWhatIsPrinted() async throws {
    _ = try Self.folder.get()
    let isWriting = ProcessInfo.processInfo.environment["STRATA_WRITE_DOCUMENTATION"] != nil
    let resources = Self.catalog.appending(path: "Resources")
    for (name, printed) in try await DocumentationCode.tutorial() {
      let file = resources.appending(path: name)
      if isWriting { try Data((printed + "\n").utf8).write(to: file) }
      let shown = try Self.text(of: file)
      #expect(
        Self.alike(Self.words(printed), Self.words(shown)), "\(name) should be:\n\(printed)")
    }
    let model = try Model(contentsOf: resources.appending(path: "radon.strata").path)
    #expect(try model == Model(contentsOf: "radon.strata"))
  }

  @Test func stepsOfTheTutorialGrow() throws {
    let resources = Self.catalog.appending(path: "Resources")
    let names = try FileManager.default.contentsOfDirectory(atPath: resources.path)
      .filter { $0.hasSuffix(".swift") }.sorted()
    try #require(names.count > 5)
    var last: [Substring] = []
    for name in names {
      let lines = try Self.text(of: resources.appending(path: name)).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count > last.count && lines.starts(with: last.dropLast()), "\(name)")
      last = lines
    }
    #expect(try Self.isCompiled(last.map(String.init)))
  }

  @Test func blocksOfSwiftAreCompiled() throws {
    var count = 0
    for block in try Self.blocks() where block.language == "swift" {
      count += 1
      #expect(try Self.isCompiled(block.lines), "\(block)")
    }
    #expect(count > 20)
    #expect(try !Self.isCompiled(["let fit = try await model.fit(to: tabel)"]))
  }

  @Test func codeOfArticlesRuns() async throws {
    let folder = try Self.folder.get()
    let fit = try await DocumentationCode.landing()
    let (model, table) = (fit.model, try Table(contentsOf: "radon.csv"))
    #expect(try await DocumentationCode.plan(model, table).summary["a[AITKIN]"]?.mean != nil)
    let target = try #require(try await DocumentationCode.diagnostics(model, table).rounds)
    #expect(target.end == .target)
    #expect(try DocumentationCode.ownChains(fit).bulkESS == fit.summary["mu_a"]?.bulkESS)
    let forest = try DocumentationCode.picture(fit)
    #expect(try forest == Self.text(of: folder.url.appending(path: "forest.svg")))
    #expect(try DocumentationCode.chart(fit).hasPrefix("<svg"))
    #expect(try DocumentationCode.table().count == 920)
    #expect(try DocumentationCode.smallModel().statements.count == 3)
    try await DocumentationCode.pictureOfFit(model, table)
    #expect(try DocumentationCode.severalFits(fit, fit).contains("no pooling"))
    try DocumentationCode.newHomes(fit)
    try DocumentationCode.report(fit)

    let kept = try await DocumentationCode.keep(model, table)
    #expect(try DocumentationCode.readBack().summary.csv == kept.summary.csv)
    let coin = try await Model(
      "rate ~ Beta(2, 2)\nwon ~ Binomial(10, rate)\nodds = rate / (1 - rate)"
    ).fit(to: Table(["won": .wholeNumbers([7])]))
    #expect(try DocumentationCode.odds(coin).summary.mean == coin.summary["odds"]?.mean)
    let campaigns = try await Model(contentsOf: "email_campaigns.strata")
      .fit(to: Table(contentsOf: "email_campaigns.csv"))
    #expect(try DocumentationCode.better(campaigns).value > 0.5)
    let seizures = try await Model(contentsOf: "epil.strata").fit(to: Table(contentsOf: "epil.csv"))
    #expect(try DocumentationCode.drugEffect(seizures).summary.mean ?? 0 > 0)
    let weibull = try await DocumentationCode.survival()
    #expect(weibull.allSatisfy { ($0.rHat ?? 2) < 1.02 })
  }

  /// A run that is cancelled when draws of it are on disk, and gone on with as the article says.
  @Test func interruptedRunsGoOn() async throws {
    let folder = try Self.folder.get()
    var options = FitOptions(draws: 12_000)
    options.plan = .direct
    let model = try Model(contentsOf: "epil.strata")
    let table = try Table(contentsOf: "epil.csv")
    let run = Task { [options] in
      try await model.fit(to: table, options: options, keepingIn: OutputFolder("results"))
    }
    let journal = folder.url.appending(path: "results/fit.unfinished/chain-0").path
    for _ in 0..<4000 where !FileManager.default.fileExists(atPath: journal) {
      try await Task.sleep(for: .milliseconds(5))
    }
    run.cancel()
    let part = try await run.value
    #expect(!part.isComplete)
    let whole = try await DocumentationCode.resume()
    let draws = try whole.draws(of: "mu_a")
    #expect(whole.isComplete && draws[0].count == 12_000)
  }

  // MARK: - Models

  @Test func modelsAreRead() throws {
    _ = try Self.folder.get()
    let tables = try FileManager.default.contentsOfDirectory(atPath: Self.folder.get().url.path)
      .filter { $0.hasSuffix(".csv") }.map { try Table(contentsOf: $0) }
    var count = 0
    for block in try Self.blocks() where ["model", "lines"].contains(block.language) {
      count += 1
      let model = try Model(block.lines.joined(separator: "\n"))
      guard block.language == "model" else { continue }
      #expect(tables.contains { (try? model.plan(for: $0)) != nil }, "\(block) fits no table")
    }
    #expect(count >= 10)
  }

  @Test func printedModelIsTheText() throws {
    let printed = try DocumentationCode.seizures().description
    let blocks = try Self.blocks().filter { $0.language == "model" }
    #expect(blocks.contains { try! Model($0.lines.joined(separator: "\n")).description == printed })
  }

  // MARK: - Commands

  @Test func commandsPrintWhatTheArticlesShow() async throws {
    let folder = try Self.folder.get()
    var (count, shown) = (0, 0)
    var printed = ""
    var last: Block?
    for block in try Self.blocks() {
      if ["model", "lines"].contains(block.language), block.lines[0].hasSuffix(".strata") {
        // A model that says which file it is: `# misspelt.strata`.
        try folder.write(
          block.lines.joined(separator: "\n"), to: String(block.lines[0].dropFirst(2)))
      } else if block.language == "sh" {
        printed = ""
        for line in block.lines where line.hasPrefix("strata ") {
          count += 1
          let result = try await Command.run(
            Self.arguments(String(line.prefix { $0 != "#" })), in: folder)
          #expect(
            result.status == 0 || line.contains("# exits with \(result.status)"),
            "\(line)\n\(result)")
          printed += result.output + result.errors
        }
      } else if block.language == "text", last?.language == "sh" {
        shown += 1
        #expect(Self.shows(printed, block.lines), "\(block) should be part of:\n\(printed)")
      }
      last = block
    }
    #expect(count > 15 && shown > 5)
  }

  /// What `strata explain` prints of the radon example, in the README.
  @Test func explanationOfTheReadmeIsTheText() throws {
    _ = try Self.folder.get()
    let model = try Model(contentsOf: "Examples/radon.strata")
    let plan = try model.plan(for: Table(contentsOf: "Examples/radon.csv")).description
    let indented = plan.split(separator: "\n").map { "    " + $0 }
    let readme = try Self.text(of: Command.root.appending(path: "README.md"))
    #expect(readme.contains(indented.joined(separator: "\n")))
  }

  // MARK: - Tables of what there is

  @Test func everyDistributionAndFunctionIsListed() throws {
    let article = try Self.article("TheModelText")
    for form in Distributions.all + [Distributions.lkj] {
      #expect(article.contains("`\(form.signature)`"), "\(form.signature)")
    }
    for function in Function.allCases {
      #expect(article.contains("`\(function.rawValue)("), "\(function)")
    }
  }

  /// Each string that says why a parameter is not integrated out, or rows are not compressed.
  @Test func everyRefusalIsExplained() throws {
    let article = try Self.article("ThePlan")
    let sources = Command.root.appending(path: "Sources/StrataModels/Plan")
    var count = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
      let text = try Self.text(of: sources.appending(path: name))
      let throwing = /(?:NotGaussian|NotConjugate|refused)\([^"]{0,90}"([^"\n]+)"/
      for match in text.matches(of: throwing) {
        count += 1
        for part in Self.literals(of: String(match.1)) where part.count > 3 {
          #expect(article.contains(part), "\(match.1)")
        }
      }
    }
    #expect(count > 25)
  }

  /// Each message of the diagnostics, made here, stands in the article.
  @Test func everyFindingIsExplained() throws {
    let article = Self.words(try Self.article("DiagnosticsAndRemedies"))
    for report in Self.reports() {
      for finding in report.findings {
        #expect(
          Self.occurs(Self.words(finding.message), in: article), "\(finding.message)")
      }
    }
  }

  /// That the reports have every finding there is.
  @Test func reportsHaveEveryFinding() throws {
    let sources = Command.root.appending(path: "Sources/StrataDiagnostics")
    let names = ["DiagnosticReport+Parameters", "DiagnosticReport+Sampler"]
    let kinds = try names.reduce(0) {
      $0
        + (try Self.text(of: sources.appending(path: "\($1).swift")).ranges(of: "return Finding(")
          .count)
    }
    // Four kinds have two wordings: a failure or a note, more draws or other ones, with a mean or without.
    #expect(Set(Self.reports().flatMap(\.findings).map(\.message)).count == kinds + 4)
  }
}

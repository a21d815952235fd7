import Foundation
import Testing

/// Every kind of bad input: exit code 1, nothing on stdout, and on stderr exactly the message.
@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var model = "mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)\n"
    var table = "y,x,g,n,k,b\n1.5,1,a,5,2,0\n2.5,2,b,5,3,1\n"
    var options: [String] = []
    var message: String

    var testDescription: String { name }
  }

  private func check(_ arguments: [String], _ message: String, in folder: Scratch) async throws {
    let result = try await Command.run(arguments, in: folder)
    #expect(result.errors == "Error: \(message)\n")
    #expect(result.output.isEmpty)
    #expect(result.status == 1)
  }

  @Test(arguments: Case.models + Case.tables)
  func isRefused(_ bad: Case) async throws {
    let folder = try Scratch()
    try folder.write(bad.model, to: "m.strata")
    try folder.write(bad.table, to: "t.csv")
    try await check(["fit", "m.strata", "--data", "t.csv"], bad.message, in: folder)
  }

  @Test(arguments: [
    ("--chains", "0", "a whole number from 1 to 1000"),
    ("--chains", "four", "a whole number from 1 to 1000"),
    ("--draws", "0", "a whole number from 1 to 100000000"),
    ("--draws", "-5", "a whole number from 1 to 100000000"),
    ("--draws", "1e3", "a whole number from 1 to 100000000"),
    ("--draws", "99999999999999999999", "a whole number from 1 to 100000000"),
    ("--warmup", "x", "a whole number from 0 to 100000000, or auto"),
    ("--warmup", "-1", "a whole number from 0 to 100000000, or auto"),
    ("--seed", "-1", "a whole number from 0 to 18446744073709551615"),
    ("--target-accept", "2", "a number above 0 and below 1, or auto"),
    ("--target-accept", "1", "a number above 0 and below 1, or auto"),
    ("--target-accept", "nan", "a number above 0 and below 1, or auto"),
    ("--sampler", "hmc", "auto, nuts, metropolis or grid"),
    ("--plan", "marginal", "auto, compressed or direct"),
  ])
  func optionIsRefused(_ option: String, _ value: String, _ expected: String) async throws {
    let folder = try Scratch()
    let arguments = ["fit", "m.strata", "--data", "t.csv", option, value]
    try await check(
      arguments, "\(option): expected \(expected), found \"\(value)\".", in: folder)
  }

  /// What the argument parser itself finds: its own words, then where the options are listed.
  @Test(arguments: [
    (["fit", "m.strata"], "Missing expected argument '--data <table.csv>'"),
    (["fit", "--data", "t.csv"], "Missing expected argument '<model.strata>'"),
    (["fit", "m.strata", "--data", "t.csv", "--drwas", "5"], "Unknown option '--drwas'"),
    (["fit", "m.strata", "--data", "t.csv", "more"], "Unexpected argument 'more'"),
    (["fit", "m.strata", "--data", "t.csv", "--out"], "Missing value for '--out <folder>'"),
  ])
  func argumentIsRefused(_ arguments: [String], _ start: String) async throws {
    let result = try await Command.run(arguments, in: try Scratch())
    #expect(result.errors.hasPrefix("Error: \(start)"))
    #expect(result.errors.hasSuffix("\nSee 'strata fit --help'.\n"))
    #expect(result.errors.split(separator: "\n").count == 2)
    #expect(result.output.isEmpty)
    #expect(result.status == 1)
  }

  @Test func unknownCommandIsRefused() async throws {
    try await check(
      ["fti", "m.strata"],
      """
      there is no command "fti"; the commands are fit, explain, prior, predict, plot, check, compare, calibrate, \
      summary, resume; see 'strata --help'.
      """,
      in: try Scratch())
    try await check(
      ["m.strata"],
      "there is no command \"m.strata\"; to fit a model: strata fit m.strata --data TABLE.csv.",
      in: try Scratch())
  }

  @Test func missingFilesAreNamed() async throws {
    let folder = try Scratch()
    try await check(
      ["fit", "m.strata", "--data", "t.csv"],
      "m.strata: cannot read the model: there is no such file", in: folder)
    try folder.write("mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)\n", to: "m.strata")
    try await check(
      ["fit", "m.strata", "--data", "t.csv"], "cannot read t.csv: there is no such file.",
      in: folder)
    try await check(
      ["fit", "m.strata", "--data", "."],
      "cannot read .: it is a folder; name a CSV file in it.", in: folder)
  }

  @Test func unreadableTablesAreNamed() async throws {
    let folder = try Scratch()
    try folder.write("mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)\n", to: "m.strata")
    let broken: [([UInt8], String)] = [
      (
        Array("y\n1\n".utf8) + [0xFF, 0xFE],
        "t.csv, line 3: the text is not UTF-8; save the file as CSV in UTF-8."
      ),
      (
        Array("y\n1\n\0\n".utf8),
        "t.csv, line 3: holds a zero byte, so it is not CSV text; save it as CSV in UTF-8."
      ),
    ]
    for (bytes, message) in broken {
      try Data(bytes).write(to: folder.url.appending(path: "t.csv"))
      try await check(["fit", "m.strata", "--data", "t.csv"], message, in: folder)
    }
  }

  /// Below a regular file, where not even root can write; the run would take hours.
  @Test func outputFolderIsCheckedBeforeSampling() async throws {
    let folder = try Scratch()
    try folder.write("mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)\n", to: "m.strata")
    try folder.write("y\n1\n2\n", to: "t.csv")
    for path in ["t.csv/results", "t.csv"] {
      try await check(
        ["fit", "m.strata", "--data", "t.csv", "--draws", "100000000", "--out", path],
        "cannot write into the folder \"\(path)\": Not a directory; name another folder.",
        in: folder)
    }
    try await check(
      ["fit", "m.strata", "--data", "t.csv", "--out", ""],
      "cannot write into the folder \"\": it has no name; name another folder.", in: folder)
  }
}

extension BadInputTests.Case {
  static let models = [
    Self(
      name: "a missing factor column", model: "a[gg] ~ Normal(0, 1)\ny ~ Normal(a[gg], 1)\n",
      table: "y,group,g1\n1,a,b\n",
      message: """
        m.strata:1:1: the table has no column `gg`: did you mean `g1`?
          a[gg] ~ Normal(0, 1)
          ^^^^^
        """),
    Self(
      name: "a missing column", model: "b ~ Normal(0, 1)\nlog_radon ~ Normal(b * flor, 1)\n",
      table: "log_radon,floor\n1,0\n",
      message: """
        m.strata:2:24: `flor` is neither a column of the table nor a parameter: did you mean `floor`?
          log_radon ~ Normal(b * flor, 1)
                                 ^^^^
        """),
    Self(
      name: "a duplicate parameter",
      model: "mu ~ Normal(0, 1)\nmu ~ Normal(0, 2)\ny ~ Normal(mu, 1)\n",
      message: """
        m.strata:2:1: `mu` is defined twice, first on line 1
          mu ~ Normal(0, 2)
          ^^
        """),
    Self(
      name: "a misspelt response",
      model: "b ~ Normal(0, 1)\nlog_rado ~ Normal(b * floor, 1)\n",
      table: "log_radon,floor\n1,0\n",
      message: """
        m.strata:2:1: `log_rado` is not a column of the table, but its distribution has a value per row (`floor`): \
        did you mean `log_radon`?
          log_rado ~ Normal(b * floor, 1)
          ^^^^^^^^
        """),
    Self(
      name: "a name that is column and parameter",
      model: "x[g] ~ Normal(0, 1)\ny ~ Normal(x[g], 1)\n",
      message: """
        m.strata:1:1: `x` is a column of the table and cannot be the name of a parameter too: rename one of them
          x[g] ~ Normal(0, 1)
          ^^^^
        """),
    Self(
      name: "an unknown distribution", model: "mu ~ Norml(0, 1)\ny ~ Normal(mu, 1)\n",
      message: """
        m.strata:1:6: there is no distribution Norml: did you mean Normal?
          mu ~ Norml(0, 1)
               ^^^^^
        """),
    Self(
      name: "an empty model", model: "# nothing\n",
      message: """
        m.strata: the model is empty: write at least one statement, such as `mu ~ Normal(0, 1)`
        """),
    Self(
      name: "nothing observed", model: "mu ~ Normal(0, 1)\n", table: "y\n1\n",
      message: """
        m.strata: no line of the model has a column of the table left of `~`: nothing is observed. \
        The table has the column `y`
        """),
  ]

  static let tables = [
    Self(
      name: "text where a number belongs", table: "y\n1.5\noops\n",
      message: """
        m.strata:2:1: t.csv, line 3 (row 2), column "y": expected a number, found "oops"; an outcome of two \
        classes is written `(y == "…") ~ Bernoulli(…)`
          y ~ Normal(mu, 1)
          ^
        """),
    Self(
      name: "a text predictor", model: "b ~ Normal(0, 1)\ny ~ Normal(b * g, 1)\n",
      table: "y,g\n1.5,a\n",
      message: """
        m.strata:2:16: t.csv, line 2 (row 1), column "g": expected a number, found "a"; use it as a factor, \
        `name[g]`, or compare it with one of its values, `g == "…"`
          y ~ Normal(b * g, 1)
                         ^
        """),
    Self(
      name: "a missing cell", table: "y,x\n1.5,2\nNA,3\n",
      message: """
        t.csv, line 3 (row 2), column "y": the cell is missing (empty, NA or NaN). Fill it in, or leave out \
        rows with missing cells (--drop-missing; in Swift dropMissing: true).
        """),
    Self(
      name: "a negative count", model: "rate ~ Exponential(1)\nk ~ Poisson(rate)\n",
      table: "k\n3\n-2\n",
      message: """
        m.strata:2:1: `k` is -2 in t.csv, line 3 (row 2), and data of Poisson must be a whole number, 0 or more
          k ~ Poisson(rate)
          ^
        """),
    Self(
      name: "a Bernoulli value 2", model: "p ~ Beta(1, 1)\nb ~ Bernoulli(p)\n",
      table: "b\n1\n2\n",
      message: """
        m.strata:2:1: `b` is 2 in t.csv, line 3 (row 2), and data of Bernoulli must be 0 or 1
          b ~ Bernoulli(p)
          ^
        """),
    Self(
      name: "more successes than trials", model: "p ~ Beta(1, 1)\nk ~ Binomial(n, p)\n",
      table: "k,n\n3,5\n7,5\n",
      message: """
        m.strata:2:1: `k` is 7 in t.csv, line 3 (row 2), and data of Binomial must be a whole number from 0 to n = 5
          k ~ Binomial(n, p)
          ^
        """),
    Self(
      name: "a table without rows", table: "y\n",
      message: "t.csv has names of columns but no rows."),
    Self(
      name: "an empty file", table: "",
      message:
        "t.csv is empty: expected a line with the names of the columns, then one line per row."),
    Self(
      name: "a ragged row", table: "y,x\n1,2\n1,2,3\n",
      message: "t.csv, line 3: expected 2 cells as in the header, found 3; a cell that holds a "
        + "comma must be in double quotes."),
  ]
}

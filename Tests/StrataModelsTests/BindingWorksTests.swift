import Foundation
import StrataModels
import Testing

/// What binds, and to which density: written two ways, or computed by hand.
@Suite struct BindingWorksTests {
  private static let table = """
    county,state,y,x,size,hits,earn,use,bin,Eth,Sex,se
    A,n,1.5,0.1,5,2,10,Y,1,p,F,1
    A,n,2.5,-0.3,6,6,20,N,0,p,M,2
    B,n,0.5,1.2,4,0,30,Y,1,q,F,1
    C,s,3,-2,2,2,60,N,0,"p,]",F,2
    """

  private func density(_ model: String, _ table: String = table) throws -> PosteriorDensity {
    try Bound(model: model, table: table).density()
  }

  /// The log density with each parameter at `at + index * 0.1`, whatever the order of the text.
  private func value(_ density: PosteriorDensity) -> Double {
    let names = density.bound.parameters.map(\.name)
    var position: [Double] = []
    for (name, range) in zip(names, density.parameterRanges) {
      let start = 0.1 + 0.3 * Double(names.sorted().firstIndex(of: name)!)
      position += range.indices.map { start + 0.1 * Double($0 - range.lowerBound) }
    }
    return density.value(at: position)
  }

  private func expectSame(_ a: String, _ b: String) throws {
    let (x, y) = (value(try density(a)), value(try density(b)))
    #expect(x.isFinite)
    #expect(abs(x - y) <= 1e-12 * abs(x), "\(a) gives \(x), \(b) gives \(y)")
  }

  private static let priors = "m ~ Normal(0, 1)\ns ~ HalfNormal(1)\n"

  @Test(arguments: [
    ("y ~ Normal(m, s)", "y ~ Normal(mean = m, sd = s)"),
    ("y ~ Normal(m, s)", "y ~ Normal(sd = s, mean = m)"),
    ("y ~ Normal(m, s)", "y ~ Normal(m, sd = s)"),
    ("y ~ StudentT(4, m, s)", "y ~ StudentT(4, scale = s, mean = m)"),
    ("hits ~ Binomial(size, inverse_logit(m))", "hits ~ Binomial(size, logit = m)"),
    ("hits ~ Binomial(n = size, logit = m)", "hits ~ Binomial(size, logit = m)"),
    ("hits ~ Binomial(logit = m, n = size)", "hits ~ Binomial(size, p = inverse_logit(m))"),
    ("hits ~ Poisson(log = m)", "hits ~ Poisson(exp(m))"),
    ("hits ~ NegBinomial(log = m, dispersion = s)", "hits ~ NegBinomial(exp(m), s)"),
    ("hits ~ NegBinomial(mean = s, dispersion = 2)", "hits ~ NegBinomial(s, 2)"),
    ("earn ~ Gamma(mean = s, sd = 2)", "earn ~ Gamma(s ^ 2 / 4, s / 4)"),
    ("bin ~ Bernoulli(logit = m)", "(use == \"Y\") ~ Bernoulli(inverse_logit(m))"),
    ("bin ~ Bernoulli(logit = m)", "(\"Y\" == use) ~ Bernoulli(logit = m)"),
    ("bin ~ Bernoulli(logit = m)", "(use != \"N\") ~ Bernoulli(logit = m)"),
    ("y ~ Normal(m * bin, s)", "y ~ Normal(m * (use == \"Y\"), s)"),
    ("y ~ Normal(m + x * s - 1, s * se)", "eta = m + x * s\nsd = se * s\ny ~ Normal(eta - 1, sd)"),
    ("y ~ Normal(m, s)\nhits ~ Poisson(s)", "hits ~ Poisson(s)\ny ~ Normal(m, s)"),
    ("y ~ Normal(m + s, 1)", "total = m + s\ny ~ Normal(total, 1)"),
    ("y ~ Normal(m * (x > 0), s)", "y ~ Normal(m * (0 < x), s)"),
  ])
  func sameModel(_ a: String, _ b: String) throws {
    try expectSame(Self.priors + a, Self.priors + b)
  }

  @Test func orderOfStatementsDoesNotMatter() throws {
    let lines = [
      "m ~ Normal(0, 2)", "t ~ HalfCauchy(1)", "k[state] ~ Normal(m, 1)",
      "a[county] ~ Normal(k[state], t)", "b[county] = a[county] * t", "s ~ Exponential(1)",
      "eta = b[county] + x", "y ~ Normal(eta, s)", "d = a[\"B\"] - a[\"A\"]",
    ]
    let expected = value(try density(lines.joined(separator: "\n")))
    for shift in 1..<lines.count {
      let turned = lines[shift...] + lines[..<shift]
      let found = value(try density(turned.joined(separator: "\n")))
      #expect(abs(found - expected) <= 1e-13 * abs(expected))
    }
    let backwards = value(try density(lines.reversed().joined(separator: "\n")))
    #expect(abs(backwards - expected) <= 1e-13 * abs(expected))
  }

  @Test func coefficientVectorIsASumOfTerms() throws {
    try expectSame(
      "b[columns: x, se] ~ Normal(0, 1)\ny ~ Normal(dot(b), 1)",
      "b[columns: x, se] ~ Normal(0, 1)\ny ~ Normal(dot(columns: x, se; b), 1)")
    let dot = try density("b[columns: x, se] ~ Normal(0, 1)\ny ~ Normal(dot(b), 1)")
    let sum = try density("b ~ Normal(0, 1)\nc ~ Normal(0, 1)\ny ~ Normal(b * x + c * se, 1)")
    for position in [[0.3, -1.2], [2, 0.1]] {
      #expect(abs(dot.value(at: position) - sum.value(at: position)) < 1e-12)
    }
  }

  // MARK: Against a computation by hand

  private func normal(_ y: Double, _ mean: Double, _ sd: Double) -> Double {
    -log(sd) - 0.5 * log(2 * Double.pi) - 0.5 * (y - mean) * (y - mean) / (sd * sd)
  }

  /// The transformed outcome and its slope, by hand.
  private func transformed(_ target: String, _ earn: Double, _ size: Double, _ x: Double) -> (
    Double, Double
  ) {
    switch target {
    case "log(earn)": (log(earn), 1 / earn)
    case "log10(earn) / 2": (log10(earn) / 2, 1 / (2 * earn * log(10)))
    case "sqrt(earn)": (sqrt(earn), 0.5 / sqrt(earn))
    case "earn ^ (1 / 3)": (cbrt(earn), pow(earn, -2.0 / 3) / 3)
    case "earn / size": (earn / size, 1 / size)
    case "2 * earn - x": (2 * earn - x, 2)
    case "-exp(earn / 10)": (-exp(earn / 10), exp(earn / 10) / 10)
    case "logit(earn / 100)": (log(earn / (100 - earn)), 100 / (earn * (100 - earn)))
    case "inverse_logit(earn / 10)":
      (1 / (1 + exp(-earn / 10)), 0.1 / (2 + exp(earn / 10) + exp(-earn / 10)))
    case "2 ^ (earn / 10)": (pow(2, earn / 10), pow(2, earn / 10) * log(2) / 10)
    case "abs(earn - 25)": (abs(earn - 25), 1)
    default: (.nan, .nan)
    }
  }

  @Test(arguments: [
    "log(earn)", "log10(earn) / 2", "sqrt(earn)", "earn ^ (1 / 3)", "earn / size", "2 * earn - x",
    "-exp(earn / 10)", "logit(earn / 100)", "inverse_logit(earn / 10)", "2 ^ (earn / 10)",
    "abs(earn - 25)",
  ])
  func transformedOutcomeHasItsJacobian(_ target: String) throws {
    let density = try density("m ~ Flat()\n(\(target)) ~ Normal(m, 3)")
    let (earn, size, x) = ([10.0, 20, 30, 60], [5.0, 6, 4, 2], [0.1, -0.3, 1.2, -2])
    let unit = density.parameterUnits[0]
    let m = unit.center + unit.scale * 0.5
    var expected = log(unit.scale)
    for row in 0..<4 {
      let (value, slope) = transformed(target, earn[row], size[row], x[row])
      expected += normal(value, m, 3) + log(slope.magnitude)
    }
    #expect(abs(density.value(at: [0.5]) - expected) <= 1e-12 * abs(expected))
  }

  @Test func halfDistributionsOfDataCountTwice() throws {
    let half = try density("m ~ Flat()\nearn ~ HalfNormal(exp(m))")
    let whole = try density("m ~ Flat()\nearn ~ Normal(0, exp(m))")
    #expect(abs(half.value(at: [2]) - whole.value(at: [2]) - 4 * log(2)) < 1e-12)
  }

  // MARK: Missing cells and rows left out

  @Test func missingCellsMatterOnlyInUsedColumns() throws {
    let table = "y,x,g\n1,,a\n2,3,NA\n4,5,b\n"
    let model = "m ~ Normal(0, 1)\ny ~ Normal(m, 1)"
    let bound = try Bound(model: model, table: table).bound()
    #expect(bound.droppedRows == 0)
    #expect(bound.notes == [])
  }

  @Test func rowsWithMissingCellsAreDroppedOnRequest() throws {
    let table = "y,x,g\n1,,a\n2,3,NA\n4,5,b\n6,7,c\n-8,9,\n"
    let model = "m ~ Normal(0, 1)\na[g] ~ Normal(0, 1)\ny ~ Normal(m * x + a[g], 1)"
    let bound = try Bound(model: model, table: table, dropMissing: true).bound()
    #expect(bound.droppedRows == 3)
    #expect(bound.notes == ["3 rows were left out: a used cell is missing"])
    #expect(PosteriorDensity(bound).reportedNames == ["m", "a[b]", "a[c]"])
    let one = try Bound(
      model: "m ~ Normal(0, 1)\ny ~ Normal(m * x, 1)", table: table, dropMissing: true
    ).bound()
    #expect(one.notes == ["1 row was left out: a used cell is missing"])
    // Lines are those of the file, not of what is left of it.
    let bad = Bound(
      model: "m ~ Normal(0, 1)\n(y + 0 * x) ~ Poisson(log = m)", table: table, dropMissing: true)
    #expect(bad.message().contains("is -8 in t.csv, line 6 (row 5)"), "\(bad.message())")
  }

  @Test func noRowLeft() {
    let bound = Bound(
      model: "m ~ Normal(0, 1)\ny ~ Normal(m * x, 1)", table: "y,x\n1,\n,2\n", dropMissing: true)
    #expect(bound.message() == "t.csv: every row has a missing cell in y, x, so none is left.")
  }

  // MARK: What is reported

  @Test func populationComesFirstThenGroupsInTheOrderOfTheText() throws {
    let density = try density(
      """
      cell[Eth, Sex] ~ Normal(m, 1)
      a[county] = m + x1 * z[county]
      m ~ Normal(0, 1)
      z[county] ~ Normal(0, 1)
      b[columns: x, se] ~ Normal(0, 1)
      eta = cell[Eth, Sex] + a[county] + dot(b)
      x1 ~ HalfNormal(1)
      diff = cell["p,]", "F"] - a["B"]
      r[row] ~ Normal(0, 1)
      y ~ Normal(eta + r[row], 1)
      constant = 3
      """)
    #expect(
      density.reportedNames == [
        "m", "b[x]", "b[se]", "x1", "diff", "cell[p,F]", "cell[p,M]", "cell[\"p,]\",F]",
        "cell[q,F]", "a[A]", "a[B]", "a[C]", "z[A]", "z[B]", "z[C]", "r[1]", "r[2]", "r[3]", "r[4]",
      ])
  }

  @Test func wholeNumbersAreOrderedByValue() throws {
    let density = try density(
      "a[g] ~ Normal(0, 1)\ny ~ Normal(a[g], 1)", "g,y\n10,1\n9,2\n100,3\n-1,4\n")
    #expect(density.reportedNames == ["a[-1]", "a[9]", "a[10]", "a[100]"])
  }

  @Test func columnNamesWithCommasAreQuoted() throws {
    let density = try density(
      "b[columns: `a,b`, x] ~ Normal(0, 1)\ny ~ Normal(dot(b), 1)", "\"a,b\",x,y\n1,2,3\n4,5,6\n")
    #expect(density.reportedNames == ["b[\"a,b\"]", "b[x]"])
  }
}

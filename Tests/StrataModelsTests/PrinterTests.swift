import StrataModels
import Testing

@Suite struct PrinterTests {
  /// Each text prints as itself: no parenthesis is missing or too many.
  @Test(arguments: [
    "a + b + c", "a + (b + c)", "a - (b - c)", "a - b - c", "(a + b) * c", "a + b * c",
    "a * (b * c)",
    "a / (b / c)", "a / b / c", "-a * b", "-(a * b)", "-(a + b)", "(-a)^2", "-a^2", "(-a^2)^2",
    "(a^b)^c", "a^b^c", "a^-b", "a^-b^c", "a^(b + c)", "(a + b)^2", "a^(b * c)", "--a", "a - -b",
    "a * -b", "b * (a == 3)", "(a + b) == 3", "a == (b * c)", "a == -b", "(a == b) == c",
    "(a > 0) * (b > 0)", "-(a == 1)", "(a == 1)^2", "exp(a + b) * log(c == 1)", "t == \"x\"",
    "dot(beta)", "dot(columns: x, `y z`; beta)", "a[g]", "a[g, \"B\"]", "a[`g h`]^2", "`a b` + `1`",
    "`a``b`", "r[\"say \"\"hi\"\"\"]", "1", "0.5", "1e-5", "1.5e16", "1e300", "123456789", "0.1",
    "-1", "2 * -1",
  ])
  func printsAsWritten(text: String) throws {
    #expect(try Model("q = " + text).description == "q = \(text)\n")
  }

  @Test(arguments: [
    ("q = ((a)) + ((b * c))", "q = a + b * c"),
    ("q = (a + b) + c", "q = a + b + c"),
    ("q = -(-(a))", "q = --a"),
    ("q = a^(b^c)", "q = a^b^c"),
    ("q = (exp(a)) == (-b)", "q = exp(a) == -b"),
    ("q = 1.0 + 1e0 + 010 + 1000000 + .50", "q = 1 + 1 + 10 + 1000000 + 0.5"),
    ("q = 1E+20 + 0.00001", "q = 1e20 + 1e-5"),
    ("`q` = `exp`", "q = exp"),
    ("y ~ Gamma( mean=a ,sd = (b) )", "y ~ Gamma(mean = a, sd = b)"),
    ("use == \"Y\" ~ Bernoulli(p)", "(use == \"Y\") ~ Bernoulli(p)"),
    ("log( earn )~Normal(0,1) # prior", "log(earn) ~ Normal(0, 1)"),
    ("b[columns:x,`y`] ~ Normal(0, 1)", "b[columns: x, y] ~ Normal(0, 1)"),
    ("z[ row ] ~ Flat()", "z[row] ~ Flat()"),
    ("y ~ Binomial(n, logit = a == 1)", "y ~ Binomial(n, logit = a == 1)"),
  ])
  func printsPlainly(text: String, printed: String) throws {
    #expect(try Model(text).description == printed + "\n")
  }

  /// Random trees, printed and read, are the same trees; and what was read prints the same.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var trees = RandomTrees(seed: seed)
    for _ in 0..<200 {
      let statements = (0..<Int.random(in: 1...4, using: &trees.random)).map { _ in
        trees.statement()
      }
      let text = statements.map { $0.description + "\n" }.joined()
      let model = try Model(text)
      #expect(model.statements == statements)
      #expect(model.description == text)
    }
  }
}

/// Random statements such as the grammar can say.
struct RandomTrees {
  var random: SplitMix
  private var hasCorrelations = true

  init(seed: UInt64) { random = SplitMix(state: seed) }

  private static let names = [
    "a", "b", "mu_a", "x1", "größe", "exp", "dot", "columns", "row", "Normal", "with space", "x.1",
    "back`tick", "1st", "\"", "# ~", "_",
  ]

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements.randomElement(using: &random)!
  }

  private mutating func names(_ range: ClosedRange<Int>) -> [String] {
    Array(Self.names.shuffled(using: &random).prefix(Int.random(in: range, using: &random)))
  }

  mutating func statement() -> Statement {
    let name = pick(Self.names)
    let content: Statement.Content =
      Bool.random(using: &random)
      ? .equals(expression(depth: 5)) : .distributed(distribution())
    guard case .distributed = content else {
      return Statement(
        Bool.random(using: &random) ? .name(name) : .grouped(name, by: names(1...3)), content)
    }
    // No target is made of correlations.
    hasCorrelations = false
    defer { hasCorrelations = true }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return Statement(.name(name), content)
    case 3: return Statement(.correlation(names(2...3)), content)
    case 1: return Statement(.grouped(name, by: names(1...3)), content)
    case 2: return Statement(.coefficients(name, columns: names(1...3)), content)
    default: return Statement(.expression(composite(depth: 3)), content)
    }
  }

  private mutating func distribution() -> DistributionCall {
    var arguments: [DistributionCall.Argument] = []
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      arguments.append(.init(nil, expression(depth: 4)))
    }
    for label in names(0...2) { arguments.append(.init(label, expression(depth: 4))) }
    return DistributionCall(pick(["Normal", "Gamma", "Flat", "Unknown"]), arguments)
  }

  private mutating func expression(depth: Int) -> Expression {
    depth == 0 || Int.random(in: 0..<4, using: &random) == 0 ? leaf() : composite(depth: depth)
  }

  private mutating func composite(depth: Int) -> Expression {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return Expression(.negate(expression(depth: depth - 1)))
    case 1: return Expression(.call(pick(Function.allCases), expression(depth: depth - 1)))
    case 2:
      let text = Expression(.text(pick(["Y", "", "say \"hi\"", "a`b", "# no comment", "é"])))
      let column = expression(depth: depth - 1)
      let operation: BinaryOperator = pick([.equal, .notEqual])
      return Bool.random(using: &random)
        ? Expression(.binary(operation, column, text))
        : Expression(.binary(operation, text, column))
    default:
      let operation = pick(BinaryOperator.allCases)
      return Expression(
        .binary(operation, expression(depth: depth - 1), expression(depth: depth - 1)))
    }
  }

  private mutating func leaf() -> Expression {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Expression(.number(number()))
    case 1:
      let subscripts = names(1...3).map { name in
        Bool.random(using: &random) ? Subscript.column(name) : .level(name)
      }
      return Expression(.element(pick(Self.names), subscripts))
    case 2: return Expression(.dot(columns: names(0...3), coefficients: pick(Self.names)))
    case 3 where hasCorrelations:
      let effects = names(2...2)
      return Expression(.correlation(effects[0], effects[1]))
    default: return Expression(.name(pick(Self.names)))
    }
  }

  /// Any finite magnitude, with many small whole numbers.
  private mutating func number() -> Double {
    if Bool.random(using: &random) { return Double(Int.random(in: 0...20, using: &random)) }
    let value = Double(bitPattern: random.next()).magnitude
    return value.isFinite ? value : 0.1
  }
}

/// SplitMix64: small, and the same on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

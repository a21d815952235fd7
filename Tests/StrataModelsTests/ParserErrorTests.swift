import StrataModels
import Testing

/// A text, the part of its line that the caret marks, and the first line of the message.
struct Mistake: Sendable, CustomTestStringConvertible {
  var text: String
  var marked: String
  var message: String

  init(_ text: String, _ marked: String, _ message: String) {
    self.text = text
    self.marked = marked
    self.message = message
  }

  var testDescription: String { text.debugDescription }
}

@Suite struct ParserErrorTests {
  static let mistakes: [Mistake] = [
    // Words that are none
    Mistake(
      "x $ 3", "$",
      "1:3: unknown character `$`"),
    Mistake(
      "x ~ Normal(0, 1)\ny ~ Normal(\u{200B}0, 1)", "\u{200B}",
      "2:12: unknown character U+200B"),
    Mistake(
      "x = a − b", "−",
      "1:7: unknown character `−`; write `-`"),
    Mistake(
      "x = a && b", "&",
      "1:7: unknown character `&`; for \"and\" multiply: `(a > 0) * (b > 0)`"),
    Mistake(
      "x = 'a'", "'",
      "1:5: unknown character `'`; write `\"`"),
    Mistake(
      "x = a ≤ b", "≤",
      "1:7: unknown character `≤`; write `<=`"),
    Mistake(
      "x.1 ~ Normal(0, 1)", "x.1",
      "1:1: a name with a dot is written in backticks: `x.1`"),
    Mistake(
      "x = 1_000", "1_000",
      "1:5: `1_000` is not a number; digits are not grouped"),
    Mistake(
      "x = 2y", "2y",
      "1:5: `2y` is not a number; write `*` to multiply"),
    Mistake(
      "x = 1.2.3", "1.2.3",
      "1:5: `1.2.3` is not a number"),
    Mistake(
      "x = 1e999", "1e999",
      "1:5: the number `1e999` is beyond the range of a Double"),
    Mistake(
      "x = 1e-999", "1e-999",
      "1:5: the number `1e-999` is beyond the range of a Double"),
    Mistake(
      "x = \"abc", "\"abc",
      "1:5: the text that starts here has no closing \" on its line"),
    Mistake(
      "x = `abc", "`abc",
      "1:5: the name that starts here has no closing ` on its line"),
    Mistake(
      "x = `` + 1", "``",
      "1:5: a name in backticks is empty"),
    // Brackets
    Mistake(
      "x ~ Normal(0, 1", "(",
      "1:11: missing `)`: this `(` is not closed"),
    Mistake(
      "x ~ Normal(0, 1\nmu ~ Normal(0, 1)", "(",
      "1:11: missing `)`: this `(` is not closed"),
    Mistake(
      "x ~ Normal(0, exp(y)\n", "(",
      "1:11: missing `)`: this `(` is not closed"),
    Mistake(
      "a[county ~ Normal(0, 1)", "[",
      "1:2: missing `]`: this `[` is not closed"),
    Mistake(
      "x = (a + b", "(",
      "1:5: missing `)`: this `(` is not closed"),
    Mistake(
      "x ~ Normal(0 1)", "1",
      "1:14: expected an operator, `,` or `)`, found `1`"),
    Mistake(
      "x ~ Normal(a[county, 1)", "1",
      "1:22: expected a column or a level in quotes, found `1`: one level is written `a[\"1\"]`"),
    Mistake(
      "x ~ Normal(0, 1))", ")",
      "1:17: this `)` closes nothing"),
    Mistake(
      "x = a]", "]",
      "1:6: this `]` closes nothing"),
    Mistake(
      "x = (a]", "]",
      "1:7: this `]` closes nothing"),
    // The relation
    Mistake(
      "x ~ Normal(0, 1) ~ Normal(0, 1)", "~",
      "1:18: a second relation `~` after `~`: a statement has one `~` or `=`"),
    Mistake(
      "a ~ b ~ Normal(0, 1)", "~",
      "1:7: a second relation `~` after `~`: a statement has one `~` or `=`"),
    Mistake(
      "a = b = 3", "=",
      "1:7: a second relation `=` after `=`: a statement has one `~` or `=`; a comparison is written `==`"
    ),
    Mistake(
      "a = b ~ Normal(0, 1)", "~",
      "1:7: a second relation `~` after `=`: a statement has one `~` or `=`"),
    Mistake(
      "x ~ Normal(0, 1) y ~ Normal(0, 1)", "y",
      "1:18: expected the end of the line after the distribution, found `y`"),
    Mistake(
      "x ~ Normal(0, 1) * 2", "*",
      "1:18: expected the end of the line after the distribution, found `*`"),
    // Arguments
    Mistake(
      "x ~ Normal(, 1)", ",",
      "1:12: an argument of `Normal` is empty: expected a value, found `,`"),
    Mistake(
      "x ~ Normal(0, )", ")",
      "1:15: an argument of `Normal` is empty: expected a value, found `)`"),
    Mistake(
      "x ~ Normal(0,, 1)", ",",
      "1:14: an argument of `Normal` is empty: expected a value, found `,`"),
    Mistake(
      "x ~ Normal(mean = , sd = 1)", ",",
      "1:19: the argument `mean` of `Normal` is empty: expected a value after `=`"),
    Mistake(
      "x ~ Normal(mean = 0, 1)", "1",
      "1:22: an argument without a name after `mean = …`; positional arguments come first, and once one has a name, all after it need one"
    ),
    Mistake(
      "x ~ Normal(mean = 0, mean = 1)", "mean",
      "1:22: the argument `mean` of `Normal` is given twice"),
    Mistake(
      "x ~ Normal(a + b = 1, 2)", "=",
      "1:18: `=` inside an expression; a comparison is written `==`"),
    Mistake(
      "x ~ Normal(0 ~ 1)", "~",
      "1:14: `~` inside brackets; a statement has one `~`, outside of all brackets"),
    // Operands
    Mistake(
      "x = a +", "",
      "1:8: expected a value after `+`, found the end of the text"),
    Mistake(
      "x = * a", "*",
      "1:5: expected a value after `=`, found `*`"),
    Mistake(
      "x = a * * b", "*",
      "1:9: a power is written `^`"),
    Mistake(
      "x = a ** 2", "*",
      "1:8: a power is written `^`"),
    Mistake(
      "x = ()", ")",
      "1:6: expected a value after `(`, found `)`"),
    Mistake(
      "x = exp()", ")",
      "1:9: `exp` takes one argument, found none"),
    Mistake(
      "x = exp(a, b)", ",",
      "1:10: `exp` takes one argument, found a second"),
    Mistake(
      "x = exp(a = 1)", "=",
      "1:11: `exp` takes one argument, without a name; a comparison is written `==`"),
    Mistake(
      "x = +a", "+",
      "1:5: expected a value after `=`, found `+`"),
    Mistake(
      "x =", "",
      "1:4: expected a value after `=`, found the end of the text"),
    Mistake(
      "x = # nothing", " ",
      "1:4: expected a value after `=`, found the end of the text"),
    Mistake(
      "x = a b", "b",
      "1:7: expected an operator or the end of the line, found `b`"),
    Mistake(
      "x = a (b)", "a",
      "1:5: unknown function `a`; the functions are exp, log, log10, sqrt, abs, logit, inverse_logit, dot, correlation; to multiply write `a * (…)`"
    ),
    Mistake(
      "x = 2 (b)", "(",
      "1:7: expected an operator or the end of the line, found `(`"),
    // Distribution or value
    Mistake(
      "x ~", "",
      "1:4: expected a distribution after `~`, such as `Normal(0, 1)`, found the end of the text"),
    Mistake(
      "x ~ \n", " ",
      "1:4: expected a distribution after `~`, such as `Normal(0, 1)`, found the end of the line"),
    Mistake(
      "x ~ Normal", "Normal",
      "1:5: the distribution `Normal` needs its arguments in parentheses: `Normal(…)`"),
    Mistake(
      "x ~ 3 * y", "3",
      "1:5: expected a distribution after `~`, such as `Normal(0, 1)`; for a value write `x = 3 * y`"
    ),
    Mistake(
      "x ~ y", "y",
      "1:5: expected a distribution after `~`, such as `Normal(0, 1)`; for a value write `x = y`"),
    Mistake(
      "x ~ exp(y)", "exp",
      "1:5: `exp` is a function, not a distribution; for a value write `x = exp(y)`"),
    Mistake(
      "x ~ (y)", "(",
      "1:5: expected a distribution after `~`, such as `Normal(0, 1)`; for a value write `x = (y)`"),
    Mistake(
      "x[g] ~ dot(beta)", "dot",
      "1:8: `dot` is a function, not a distribution; for a value write `x[g] = dot(beta)`"),
    Mistake(
      "~ Normal(0, 1)", "~",
      "1:1: expected a target left of `~`, such as `mu` or `a[county]`"),
    Mistake(
      "= 3", "=",
      "1:1: expected a target left of `=`, such as `mu` or `a[county]`"),
    Mistake(
      "mu", "",
      "1:3: expected `~` or `=`, found the end of the text"),
    Mistake(
      "x + 1", "",
      "1:6: expected an operator, `~` or `=`, found the end of the text"),
    Mistake(
      "+ b * x", "+",
      "1:1: a statement starts with its target, found `+`; to go on from the line above, put the whole expression in parentheses"
    ),
    Mistake(
      "* b", "*",
      "1:1: a statement starts with its target, found `*`; to go on from the line above, put the whole expression in parentheses"
    ),
    Mistake(
      "x = Normal(0, 1)", "Normal",
      "1:5: `Normal` is a distribution: write `x ~ Normal(0, 1)`"),
    Mistake(
      "a[county] = Normal(0, s)  # prior", "Normal",
      "1:13: `Normal` is a distribution: write `a[county] ~ Normal(0, s)`"),
    Mistake(
      "x = 1 + Normal(0, 1)", "Normal",
      "1:9: `Normal` is a distribution; it stands only right of `~`"),
    Mistake(
      "x = normal(0, 1)", "normal",
      "1:5: unknown function `normal`; the distribution `Normal` stands only right of `~`"),
    // Functions
    Mistake(
      "x = exq(1)", "exq",
      "1:5: unknown function `exq`; did you mean `exp`?"),
    Mistake(
      "x = ln(y)", "ln",
      "1:5: unknown function `ln`; write `log(x)`"),
    Mistake(
      "x = foo(y)", "foo",
      "1:5: unknown function `foo`; the functions are exp, log, log10, sqrt, abs, logit, inverse_logit, dot, correlation; to multiply write `foo * (…)`"
    ),
    Mistake(
      "x = beta (y)", "beta",
      "1:5: unknown function `beta`; the distribution `Beta` stands only right of `~`"),
    Mistake(
      "x = inv_logit(y)", "inv_logit",
      "1:5: unknown function `inv_logit`; write `inverse_logit(x)`"),
    // What stands in brackets
    Mistake(
      "a[3] ~ Normal(0, 1)", "3",
      "1:3: expected a column in brackets, found `3`: `a[column]` stands for one parameter per level of the column"
    ),
    Mistake(
      "a[\"B\"] ~ Normal(0, 1)", "a[\"B\"]",
      "1:1: a target cannot be one level: `a[column]` stands for one parameter per level of the column"
    ),
    Mistake(
      "x = a[3]", "3",
      "1:7: expected a column or a level in quotes, found `3`: one level is written `a[\"3\"]`"),
    Mistake(
      "x = a[]", "]",
      "1:7: expected a column in brackets, as in `a[column]`, found `]`"),
    Mistake(
      "x = a[g,]", "]",
      "1:9: expected a column in brackets, as in `a[column]`, found `]`"),
    Mistake(
      "a[] ~ Normal(0, 1)", "]",
      "1:3: expected a column in brackets, as in `a[column]`, found `]`"),
    Mistake(
      "a[g, g] ~ Normal(0, 1)", "a[g, g]",
      "1:1: the column `g` stands twice in the brackets of `a`"),
    Mistake(
      "x = a[g + 1]", "+",
      "1:9: expected `,` or `]`, found `+`"),
    // Coefficient vectors
    Mistake(
      "x = beta[columns: x1]", "columns",
      "1:10: `columns:` declares a coefficient vector, left of `~`; here write `dot(columns: …; beta)`"
    ),
    Mistake(
      "beta[columns: ] ~ Normal(0, 1)", "]",
      "1:15: expected a column, as in `beta[columns: x1, x2]`, found `]`"),
    Mistake(
      "beta[columns: x1, x1] ~ Normal(0, 1)", "x1",
      "1:19: the column `x1` stands here twice"),
    Mistake(
      "beta[columns: x1] = 3", "=",
      "1:19: a coefficient vector needs a prior: write `~` instead of `=` after `beta[columns: …]`"),
    Mistake(
      "beta[columns: x1 x2] ~ Normal(0, 1)", "x2",
      "1:18: expected `,` or `]`, found `x2`"),
    Mistake(
      "x = dot()", ")",
      "1:9: expected the name of a coefficient vector, as in `dot(columns: x1, x2; beta)` or `dot(beta)`, found `)`"
    ),
    Mistake(
      "x = dot(columns: x1, x2)", ")",
      "1:24: expected `,` or `;`, as in `dot(columns: x1, x2; beta)` or `dot(beta)`, found `)`"),
    Mistake(
      "x = dot(x1, x2; beta)", ",",
      "1:11: expected `)`, as in `dot(columns: x1, x2; beta)` or `dot(beta)`, found `,`"),
    Mistake(
      "x = dot(columns: ; beta)", ";",
      "1:18: expected a column, as in `dot(columns: x1, x2; beta)` or `dot(beta)`, found `;`"),
    Mistake(
      "x = dot(columns: x1; 3)", "3",
      "1:22: expected the name of a coefficient vector, as in `dot(columns: x1, x2; beta)` or `dot(beta)`, found `3`"
    ),
    // Targets
    Mistake(
      "log(x) = 3", "log(x)",
      "1:1: expected a name left of `=`, such as `mu` or `a[county]`"),
    Mistake(
      "3 ~ Normal(0, 1)", "3",
      "1:1: a number cannot be a target"),
    Mistake(
      "x + 1 = 3", "x + 1",
      "1:1: expected a name left of `=`, such as `mu` or `a[county]`"),
    // Comparisons
    Mistake(
      "x = b * period == 3", "==",
      "1:16: `==` binds looser than `+ - * /`; write `b * (period == 3)` or `(b * period) == 3`"),
    Mistake(
      "x = a + b * period == 3", "==",
      "1:20: `==` binds looser than `+ - * /`; write `a + b * (period == 3)` or `(a + b * period) == 3`"
    ),
    Mistake(
      "x = period == 3 * b", "==",
      "1:12: `==` binds looser than `+ - * /`; write `(period == 3) * b` or `period == (3 * b)`"),
    Mistake(
      "x = a - 1 > b + c * 2", ">",
      "1:11: `>` binds looser than `+ - * /`; write `a - (1 > b) + c * 2` or `(a - 1) > (b + c * 2)`"
    ),
    Mistake(
      "x ~ Normal(b * period == 3, 1)", "==",
      "1:23: `==` binds looser than `+ - * /`; write `b * (period == 3)` or `(b * period) == 3`"),
    Mistake(
      "x = a / (b + c) != 3", "!=",
      "1:17: `!=` binds looser than `+ - * /`; write `a / ((b + c) != 3)` or `(a / (b + c)) != 3`"),
    Mistake(
      "x = 0 < y < 1", "<",
      "1:11: comparisons do not chain; for both at once multiply them: `(0 < y) * (y < …)`"),
    Mistake(
      "x = a == b == c", "==",
      "1:12: comparisons do not chain; for both at once multiply them: `(a == b) * (b == …)`"),
    // Texts
    Mistake(
      "x = \"a\"", "\"a\"",
      "1:5: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "use = \"Y\"", "\"Y\"",
      "1:7: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "x = 1 + \"a\"", "\"a\"",
      "1:9: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "x = use < \"Y\"", "\"Y\"",
      "1:11: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "x = \"a\" == \"b\"", "==",
      "1:9: two texts are compared; one side must be a column"),
    Mistake(
      "x ~ Bernoulli(use = \"Y\")", "\"Y\"",
      "1:21: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "x = exp(\"a\")", "\"a\"",
      "1:9: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "x = -\"a\"", "\"a\"",
      "1:6: a text stands only beside `==` or `!=`, as in `(use == \"Y\")`"),
    Mistake(
      "x = (use = \"Y\")", "=",
      "1:10: `=` inside an expression; a comparison is written `==`"),
    Mistake(
      "x = a^", "",
      "1:7: expected a value after `^`, found the end of the text"),
    // No statement
    Mistake(
      "", "",
      "the model is empty: write at least one statement, such as `mu ~ Normal(0, 1)`"),
    Mistake(
      "# nothing\n\n", "",
      "the model is empty: write at least one statement, such as `mu ~ Normal(0, 1)`"),
    // Other languages
    Mistake(
      "x <- 3", "x <- 3",
      "1:1: expected `~` or `=`; for `<-` write `x = 3`"),
    Mistake(
      "x := 3", ":",
      "1:3: expected `~` or `=`, found `:`"),
    Mistake(
      "x = a;", ";",
      "1:6: expected an operator or the end of the line, found `;`"),
    Mistake(
      "x, y ~ Normal(0, 1)", ",",
      "1:2: expected `~` or `=`, found `,`"),
    Mistake(
      "x = a{1}", "{",
      "1:6: unknown character `{`; statements stand one per line"),
    Mistake(
      "x = a % b", "%",
      "1:7: unknown character `%`"),
    Mistake(
      "x = a | b", "|",
      "1:7: unknown character `|`; for \"or\" add: `((a + b) > 0)`"),
    Mistake(
      "x = !a", "!",
      "1:5: unknown character `!`; for \"not\" write `(1 - x)`, for \"unequal\" `!=`"),
    Mistake(
      "\tx = (a\t+ )", ")",
      "1:11: expected a value after `+`, found `)`"),
    Mistake(
      "größe = é $", "$",
      "1:11: unknown character `$`"),
  ]

  @Test(arguments: mistakes)
  func message(of mistake: Mistake) throws {
    let error = try #require(throws: ModelError.self) { try Model(mistake.text) }
    let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(String(lines[0]) == mistake.message)
    if error.line != nil {
      try #require(lines.count == 3)
      // The caret stands under what is marked; both lines have the same indent, tabs included.
      let carets = lines[2].drop { $0 != "^" }
      let marked = lines[1].dropFirst(lines[2].count - carets.count).prefix(carets.count)
      #expect(marked == mistake.marked)
    }
  }

  @Test func placeAndCaret() throws {
    let error = try #require(throws: ModelError.self) {
      try Model("mu ~ Normal(0, 1)\r\n\ty ~ Normal(mü +\t, 1)\r\n", name: "a.strata")
    }
    #expect(error.source == "a.strata")
    #expect(error.line == 2)
    #expect(error.column == 18)
    #expect(
      error.description == """
        a.strata:2:18: expected a value after `+`, found `,`
          \ty ~ Normal(mü +\t, 1)
          \t               \t^
        """)
  }

  @Test func onlyTheFirstOfSeveral() throws {
    let error = try #require(throws: ModelError.self) { try Model("x = \ny = $\nz ~ 3") }
    #expect(error.line == 1)
    #expect(
      error.message == "expected a value after `=`, found the end of the line; "
        + "an expression in parentheses may go on in the next line")
  }

  @Test(arguments: [
    ("x = " + String(repeating: "(", count: 10_000), "nests more than 100 deep"),
    ("x = " + String(repeating: "exp(", count: 10_000), "nests more than 100 deep"),
    ("x = " + String(repeating: "-", count: 10_000) + "a", "more than 1000 operators"),
    ("x = " + String(repeating: "2^", count: 10_000), "nests more than 100 deep"),
    ("x = " + String(repeating: "a[", count: 10_000), "expected `,` or `]`"),
    ("x = a" + String(repeating: " + a", count: 10_000), "more than 1000 operators"),
    ("x = a" + String(repeating: " / a", count: 10_000), "more than 1000 operators"),
    (String(repeating: "(", count: 10_000) + " ~ Normal(0, 1)", "nests more than 100 deep"),
  ])
  func depthIsLimited(text: String, message: String) throws {
    let error = try #require(throws: ModelError.self) { try Model(text) }
    #expect(error.message.contains(message))
  }

  @Test func depthThatIsAllowed() throws {
    let deep = String(repeating: "(", count: 100) + "a" + String(repeating: ")", count: 100)
    #expect(try Model("x = \(deep)").description == "x = a\n")
    let long = "x = a" + String(repeating: " + a", count: 999)
    let model = try Model(long)
    #expect(model.description == long + "\n")
    #expect(try Model(model.description) == model)
  }
}

/// Collects the statements of a model written in Swift, one a line; `if` and `for` may stand among them.
@resultBuilder
public enum ModelBuilder {
  /// One line.
  public static func buildExpression(_ statement: some ModelStatement) -> [Statement] {
    [statement.statement]
  }

  /// Several lines made elsewhere.
  public static func buildExpression(_ statements: [any ModelStatement]) -> [Statement] {
    statements.map(\.statement)
  }

  /// The lines one after the other.
  public static func buildBlock(_ parts: [Statement]...) -> [Statement] { parts.flatMap { $0 } }

  /// `if` without `else`.
  public static func buildOptional(_ part: [Statement]?) -> [Statement] { part ?? [] }

  /// The first branch of `if … else`.
  public static func buildEither(first part: [Statement]) -> [Statement] { part }

  /// The other branch of `if … else`.
  public static func buildEither(second part: [Statement]) -> [Statement] { part }

  /// `for … in`.
  public static func buildArray(_ parts: [[Statement]]) -> [Statement] { parts.flatMap { $0 } }

  /// `if #available`.
  public static func buildLimitedAvailability(_ part: [Statement]) -> [Statement] { part }
}

extension Model {
  /// A model from statements written in Swift:
  ///
  /// ```swift
  /// let mu = Parameter("mu", .normal(0, 1))
  /// let sigma = Parameter("sigma", .halfCauchy(1))
  /// let model = try Model {
  ///   mu
  ///   sigma
  ///   Observed("y", .normal(mu, sigma))
  /// }
  /// ```
  ///
  /// The statements are printed as text and read back, so a model built in Swift is checked like any other
  /// and its messages show the line they mean.
  ///
  /// - Parameters:
  ///   - name: how messages call the model.
  ///   - statements: its lines.
  /// - Throws: a ``ModelError`` if the text is none that a model can have: no statement at all, a constant
  ///   that is not finite, a name that is empty or holds the end of a line.
  public init(
    name: String? = nil, @ModelBuilder _ statements: () throws -> [Statement]
  ) throws {
    let statements = try statements()
    try self.init(statements.map { $0.description + "\n" }.joined(), name: name)
    // Every line ends one statement, so the two lists pair off.
    for (index, (built, read)) in zip(statements, self.statements).enumerated() where built != read
    {
      let line = text.line(index + 1)
      throw ModelError(
        "this line was built as something that text cannot say; a constant must be finite, "
          + "and an observed expression cannot be `name[column]`",
        at: SourceRange(line: index + 1, start: 1, end: line.count + 1), in: text)
    }
  }
}

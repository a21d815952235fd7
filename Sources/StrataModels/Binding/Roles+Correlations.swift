extension Roles {
  /// What is correlated are Normal effects of one factor, each in one set at most.
  func checkCorrelations(in model: Model) throws {
    var sets: [String: Statement] = [:]
    for statement in model.statements {
      guard case .correlation(let members) = statement.target else { continue }
      func fail(_ message: String) -> ModelError {
        ModelError(message, at: statement.targetRange, in: model.text)
      }
      var first: (name: String, columns: [String])?
      for name in members {
        let columns = try factor(of: name, model, fail)
        if let first, first.columns != columns {
          throw fail(
            """
            effects of different factors cannot be correlated: `\(first.name)` is by \
            \(Roles.list(first.columns)), `\(name)` by \(Roles.list(columns))
            """)
        }
        first = first ?? (name, columns)
        if let other = sets.updateValue(statement, forKey: name) {
          throw fail(
            """
            `\(name)` is in `\(other.target)` already: name all effects that are correlated in one line
            """)
        }
      }
    }
  }

  /// The columns of a Normal group effect.
  private func factor(of name: String, _ model: Model, _ fail: (String) -> ModelError) throws
    -> [String]
  {
    guard let role = named[name] else {
      let hint =
        nearestName(to: name, among: named.keys.sorted()).map { "did you mean `\($0)`?" }
        ?? "correlations are those of group effects, such as `a[county] ~ Normal(mu, sigma)`"
      throw fail("there is no parameter `\(name)`: \(hint)")
    }
    let statement = model.statements[role.statement]
    guard case .grouped(_, let columns) = statement.target,
      case .distributed(let call) = statement.content
    else {
      throw fail(
        """
        `\(name)` is not a parameter with a value per level: correlations are those of group effects, such as \
        `a[county] ~ Normal(mu, sigma)`
        """)
    }
    guard call.name == "Normal" else {
      throw fail(
        "`\(name)` is \(call.name): only effects with a Normal prior can be correlated")
    }
    return columns
  }
}

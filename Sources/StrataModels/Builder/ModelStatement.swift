/// One line of a model built in Swift: a ``Parameter``, ``Coefficients``, ``Deterministic``, ``Observed``, or a
/// ``Statement`` itself.
public protocol ModelStatement: Sendable {
  /// The line.
  var statement: Statement { get }
}

extension Statement: ModelStatement {
  /// Itself.
  public var statement: Statement { self }
}

/// A parameter with its prior: `mu ~ Normal(0, 1)`, or one per level of a factor:
/// `a[county] ~ Normal(mu_a, sigma_a)`.
///
/// In an expression a scalar one stands for itself, and a grouped one takes its columns or a level in
/// brackets: `a[county]`, `rate["B"]`.
public struct Parameter: ModelTerm, ModelStatement {
  /// The name, as in summaries.
  public var name: String
  /// The columns whose levels it has one value for; none for a scalar.
  public var columns: [Column]
  /// The prior.
  public var prior: DistributionCall

  /// A scalar parameter.
  public init(_ name: String, _ prior: DistributionCall) {
    self.init(name, by: [], prior)
  }

  /// One parameter per level of `column`; ``Column/row`` makes it one per row.
  public init(_ name: String, by column: Column, _ prior: DistributionCall) {
    self.init(name, by: [column], prior)
  }

  /// One parameter per combination of levels that occurs in `columns`.
  public init(_ name: String, by columns: [Column], _ prior: DistributionCall) {
    self.name = name
    self.columns = columns
    self.prior = prior
  }

  /// The parameter at each row's level (a ``Column``), or at one level (its label).
  public subscript(_ subscripts: any SubscriptValue...) -> Expression {
    Expression(.element(name, subscripts.map(\.modelSubscript)))
  }

  /// The scalar parameter.
  public var expression: Expression { Expression(.name(name)) }

  /// `name ~ prior`, with the columns in brackets.
  public var statement: Statement { Statement(target(name, columns), .distributed(prior)) }
}

/// A vector with one coefficient per column: `beta[columns: x1, x2] ~ Normal(0, 1)`. Its linear combination
/// with them is ``dot(_:)``.
public struct Coefficients: ModelStatement {
  /// The name, as in summaries.
  public var name: String
  /// The columns, in order.
  public var columns: [Column]
  /// The prior of each coefficient.
  public var prior: DistributionCall

  /// One coefficient for each of `columns`, at least one.
  public init(_ name: String, over columns: [Column], _ prior: DistributionCall) {
    self.name = name
    self.columns = columns
    self.prior = prior
  }

  /// `name[columns: …] ~ prior`.
  public var statement: Statement {
    Statement(.coefficients(name, columns: columns.map(\.name)), .distributed(prior))
  }
}

/// The correlations of group effects of one factor, whose priors are Normal: `correlation(a, b) ~ LKJ(2)`.
public struct Correlation: ModelStatement {
  /// The effects' names, in order.
  public var effects: [String]
  /// The prior of their correlation matrix, ``DistributionCall/lkj(_:)``.
  public var prior: DistributionCall

  /// The correlations of `effects`, at least two.
  public init(of effects: [Parameter], _ prior: DistributionCall) {
    self.effects = effects.map(\.name)
    self.prior = prior
  }

  /// The correlation of two of the effects, in either order.
  public func between(_ first: Parameter, _ second: Parameter) -> Expression {
    let order = effects.filter { [first.name, second.name].contains($0) }
    // Of others the model has none: it says so.
    let names = order.count == 2 ? order : [first.name, second.name]
    return Expression(.correlation(names[0], names[1]))
  }

  /// `correlation(…) ~ prior`.
  public var statement: Statement { Statement(.correlation(effects), .distributed(prior)) }
}

/// A quantity that follows from others: `tau = exp(log_tau)`, or one per level of a factor:
/// `a[county] = mu_a + sigma_a * za[county]`.
public struct Deterministic: ModelTerm, ModelStatement {
  /// The name, as in summaries.
  public var name: String
  /// The columns whose levels it has one value for; none for a scalar or a value per row.
  public var columns: [Column]
  /// What it is.
  public var value: Expression

  /// A scalar, or, if `value` holds columns, a value per row.
  public init(_ name: String, _ value: any ModelValue) { self.init(name, by: [], value) }

  /// One value per level of `column`.
  public init(_ name: String, by column: Column, _ value: any ModelValue) {
    self.init(name, by: [column], value)
  }

  /// One value per combination of levels that occurs in `columns`.
  public init(_ name: String, by columns: [Column], _ value: any ModelValue) {
    self.name = name
    self.columns = columns
    self.value = value.expression
  }

  /// The quantity at each row's level (a ``Column``), or at one level (its label).
  public subscript(_ subscripts: any SubscriptValue...) -> Expression {
    Expression(.element(name, subscripts.map(\.modelSubscript)))
  }

  /// The quantity by its name.
  public var expression: Expression { Expression(.name(name)) }

  /// `name = value`, with the columns in brackets.
  public var statement: Statement { Statement(target(name, columns), .equals(value)) }
}

/// A column of the table, or an expression of columns, with its likelihood:
/// `log_radon ~ Normal(a[county], eps)`, `log(earn) ~ Normal(mu, sigma)`.
public struct Observed: ModelStatement {
  /// What is observed.
  public var value: Expression
  /// Its likelihood.
  public var likelihood: DistributionCall

  /// A column by its name.
  public init(_ column: String, _ likelihood: DistributionCall) {
    self.init(Column(column), likelihood)
  }

  /// A column, or an expression of columns.
  public init(_ value: some ModelTerm, _ likelihood: DistributionCall) {
    self.value = value.expression
    self.likelihood = likelihood
  }

  /// `value ~ likelihood`.
  public var statement: Statement {
    guard case .name(let name) = value.node else {
      return Statement(.expression(value), .distributed(likelihood))
    }
    return Statement(.name(name), .distributed(likelihood))
  }
}

private func target(_ name: String, _ columns: [Column]) -> Statement.Target {
  columns.isEmpty ? .name(name) : .grouped(name, by: columns.map(\.name))
}

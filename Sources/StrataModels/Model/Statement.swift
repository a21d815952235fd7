/// One line of a model: `target ~ Distribution(…)` or `target = expression`.
public struct Statement: Hashable, Sendable {
  /// What stands left of `~` or `=`.
  public enum Target: Hashable, Sendable {
    /// `mu`, or an observed column.
    case name(String)
    /// `a[county]`, `cell[Eth, Sex]`, `z[row]`: one per level of a factor.
    case grouped(String, by: [String])
    /// `beta[columns: x1, x2]`: a vector with one coefficient per column.
    case coefficients(String, columns: [String])
    /// `correlation(a, b)`: the correlations of group effects of one factor.
    case correlation([String])
    /// An observed expression of columns: `log(earn)`, `(use == "Y")`.
    case expression(Expression)
  }

  /// What stands right of it.
  public enum Content: Hashable, Sendable {
    case distributed(DistributionCall)
    case equals(Expression)
  }

  /// What stands left of `~` or `=`.
  public var target: Target
  /// What stands right of it.
  public var content: Content
  /// Where the target stands in the model's text.
  package var targetRange: SourceRange?

  package init(_ target: Target, _ content: Content, targetRange: SourceRange? = nil) {
    self.target = target
    self.content = content
    self.targetRange = targetRange
  }

  /// Whether both say the same, wherever they stand.
  public static func == (a: Statement, b: Statement) -> Bool {
    a.target == b.target && a.content == b.content
  }

  /// Feeds target and content, not the place.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(target)
    hasher.combine(content)
  }
}

/// A distribution with its arguments as written: `Gamma(mean = m, sd = s)`.
public struct DistributionCall: Hashable, Sendable {
  /// One argument; positional ones have no label.
  public struct Argument: Hashable, Sendable {
    /// The name before `=`, if there is one.
    public var label: String?
    /// What is passed.
    public var value: Expression

    /// An argument, by position if `label` is nil.
    public init(_ label: String? = nil, _ value: Expression) {
      self.label = label
      self.value = value
    }
  }

  /// The distribution's name, such as `Normal`.
  public var name: String
  /// The arguments in the order written; those by position come first.
  public var arguments: [Argument]
  /// Where the name stands in the model's text.
  package var range: SourceRange?

  package init(_ name: String, _ arguments: [Argument], at range: SourceRange? = nil) {
    self.name = name
    self.arguments = arguments
    self.range = range
  }

  /// Whether both say the same, wherever they stand.
  public static func == (a: DistributionCall, b: DistributionCall) -> Bool {
    a.name == b.name && a.arguments == b.arguments
  }

  /// Feeds name and arguments, not the place.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(arguments)
  }
}

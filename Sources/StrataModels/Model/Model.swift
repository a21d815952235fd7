/// A hierarchical model as statements: what is to be inferred, not yet how, nor from which table.
///
/// Written as text (``init(_:name:)``, ``init(contentsOf:)``) or in Swift with the builder; either way it
/// prints itself back as text (``description``), and that text reads as the same model.
public struct Model: Sendable {
  /// The statements in the order written.
  public let statements: [Statement]
  /// The text that messages point into.
  package let text: ModelText

  /// The file that the text was read from, or the name it was given.
  public var name: String? { text.name }

  package init(statements: [Statement], text: ModelText) {
    self.statements = statements
    self.text = text
  }
}

/// Something wrong with a model, or with the data it is bound to: the message says what was expected,
/// what came, and what to do; the location says where.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence or two, without the location.
  public var message: String
  /// The model's file or name, if it has one.
  public var source: String?
  /// The line in the model's text, from 1.
  public var line: Int?
  /// The column in that line, in characters, from 1.
  public var column: Int?
  /// The line's text and how many characters to underline, for the caret.
  package var excerpt: String?
  package var width: Int

  package init(_ message: String, at range: SourceRange? = nil, in text: ModelText? = nil) {
    self.message = message
    source = text?.name
    line = range?.line
    column = range?.start
    width = max(1, (range?.end ?? 0) - (range?.start ?? 0))
    if let range, let text { excerpt = text.line(range.line) }
  }

  /// `radon.strata:3:12: message`, then the line with a caret under the place.
  public var description: String {
    var result = ""
    if let source { result += source + ":" }
    if let line { result += "\(line):" }
    if let column { result += "\(column):" }
    if !result.isEmpty { result += " " }
    result += message
    if let excerpt, let column {
      let indent = excerpt.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
      result += "\n  \(excerpt)\n  \(indent)\(String(repeating: "^", count: width))"
    }
    return result
  }
}

/// A model's text with its name (a file name), cut into lines for messages.
package struct ModelText: Hashable, Sendable {
  package var name: String?
  package var text: String
  private let lines: [Substring]

  package init(_ text: String, name: String? = nil) {
    self.name = name
    self.text = text
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// Line `number`, counting from 1; empty beyond the end.
  package func line(_ number: Int) -> String {
    lines.indices.contains(number - 1) ? String(lines[number - 1]) : ""
  }
}

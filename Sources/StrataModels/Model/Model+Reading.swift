extension Model {
  /// Reads a model from its text.
  ///
  /// - Parameters:
  ///   - text: one statement per line; any ending of lines, a byte-order mark is skipped.
  ///   - name: how messages call the text, a file name for instance.
  /// - Throws: the first mistake, with its line, its column and what was expected there.
  public init(_ text: String, name: String? = nil) throws(ModelError) {
    let body = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
    let modelText = ModelText(body, name: name)
    self.init(statements: try Parser.statements(of: modelText), text: modelText)
  }
}

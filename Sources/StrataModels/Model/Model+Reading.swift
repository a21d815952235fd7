#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Model {
  /// Reads a model from its text.
  ///
  /// - Parameters:
  ///   - text: one statement per line; lines may end in LF, CR or CRLF, and a byte-order mark is skipped.
  ///   - name: how messages call the text, a file's name for instance.
  /// - Throws: the first mistake, with its line, its column and what was expected there.
  public init(_ text: String, name: String? = nil) throws(ModelError) {
    let body = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
    let modelText = ModelText(body, name: name)
    self.init(statements: try Parser.statements(of: modelText), text: modelText)
  }

  /// Reads a model from a file in UTF-8.
  ///
  /// - Parameter path: the file; messages name it as it is written here.
  /// - Throws: a ``ModelError`` if the file is missing, a folder, unreadable or not UTF-8, else the first
  ///   mistake in the text.
  public init(contentsOf path: String) throws(ModelError) {
    let bytes: [UInt8]
    switch readFile(path) {
    case .success(let content): bytes = content
    case .failure(let failure):
      throw ModelError("cannot read the model: \(failure.reason)", in: ModelText("", name: path))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let line = firstBadLine(of: bytes, decoded: text) {
      throw ModelError(
        "cannot read the model: not UTF-8 text (line \(line)); save it as UTF-8",
        in: ModelText("", name: path))
    }
    try self.init(text, name: path)
  }
}

private struct ReadFailure: Error {
  var reason: String

  static var last: ReadFailure { ReadFailure(reason: String(cString: strerror(errno))) }
}

/// All bytes of the file at `path`.
private func readFile(_ path: String) -> Result<[UInt8], ReadFailure> {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else {
    return .failure(errno == ENOENT ? ReadFailure(reason: "there is no such file") : .last)
  }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count == 0 { return .success(bytes) }
    if count > 0 {
      bytes.append(contentsOf: buffer[..<count])
    } else if errno == EISDIR {
      return .failure(ReadFailure(reason: "it is a folder, not a file"))
    } else if errno != EINTR {
      return .failure(.last)
    }
  }
}

/// The line of the first byte that is no UTF-8, counting from 1; nil if all of it is.
private func firstBadLine(of bytes: [UInt8], decoded text: String) -> Int? {
  var line = 1
  var index = 0
  for byte in text.utf8 {
    guard index < bytes.count, bytes[index] == byte else { return line }
    if byte == UInt8(ascii: "\n") { line += 1 }
    index += 1
  }
  return nil
}

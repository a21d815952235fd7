import Foundation
import Testing

/// The blocks of code and text that the pages are made of.
extension DocumentationTests {
  /// A fenced block.
  struct Block: CustomStringConvertible {
    var file: String
    var line: Int
    var language: String
    var lines: [String]

    var description: String { "\(file):\(line)\n\(lines.joined(separator: "\n"))" }
  }

  /// All blocks: of README.md, of the catalog's pages, and of doc comments.
  static func blocks() throws -> [Block] {
    let root = Command.root
    var files = [root.appending(path: "README.md")]
    let sources = FileManager.default.enumerator(
      at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    while let file = sources?.nextObject() as? URL {
      let isPage = ["swift", "md", "tutorial"].contains(file.pathExtension)
      if isPage, !file.path.contains("/Resources/") { files.append(file) }
    }
    return try files.sorted { $0.path < $1.path }.flatMap(blocks)
  }

  private static func blocks(of file: URL) throws -> [Block] {
    var blocks: [Block] = []
    var current: Block?
    let lines = try text(of: file).split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      var line = String(line)
      if file.pathExtension == "swift" {
        let comment = line.drop { $0 == " " }
        guard comment.hasPrefix("///") else { continue }
        line = String(comment.dropFirst(comment.hasPrefix("/// ") ? 4 : 3))
      }
      let content = line.trimmingCharacters(in: .whitespaces)
      if let block = current, content == "```" {
        blocks.append(block)
        current = nil
      } else if current != nil {
        current?.lines.append(line)
      } else if content.hasPrefix("```") {
        current = Block(
          file: file.lastPathComponent, line: number + 1, language: String(content.dropFirst(3)),
          lines: [])
      }
    }
    return blocks
  }

  static func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  static func article(_ name: String) throws -> String {
    try text(of: catalog.appending(path: "Articles/\(name).md"))
  }

  /// Whether lines stand one after the other in `DocumentationCode`, imports aside, indented by any number of spaces.
  static func isCompiled(_ lines: [String]) throws -> Bool {
    let wanted = outdented(lines.filter { !$0.hasPrefix("import ") })
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "DocumentationCode.swift")
    let code = try text(of: file).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    return code.indices.contains { start in
      start + wanted.count <= code.count
        && outdented(Array(code[start..<start + wanted.count])) == wanted
    }
  }

  /// Without empty lines around it, and without the indentation that all lines share.
  private static func outdented(_ lines: [String]) -> [String] {
    let isEmpty = { (line: String) in line.allSatisfy { $0 == " " } }
    let inside = lines.drop(while: isEmpty).reversed().drop(while: isEmpty).reversed()
    let common = inside.filter { !isEmpty($0) }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return inside.map { isEmpty($0) ? "" : String($0.dropFirst(common)) }
  }

  /// A command line as a shell cuts it up, without `strata`.
  static func arguments(_ line: String) -> [String] {
    line.matches(of: /"([^"]*)"|'([^']*)'|[^\s"']+/).map { match in
      String(match.1 ?? match.2 ?? match.0)
    }.dropFirst().map { $0 }
  }

  /// What stands in a string literal beside `\(…)`.
  static func literals(of string: String) -> [String] {
    string.split(separator: /\\\([^()]*(?:\([^()]*\))?[^()]*\)/).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }
}

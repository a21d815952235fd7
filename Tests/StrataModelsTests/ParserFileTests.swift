import Foundation
import StrataModels
import Testing

@Suite struct ParserFileTests {
  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "strata-\(UUID().uuidString).strata")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    try body(file.path(percentEncoded: false))
  }

  @Test func readsFiles() throws {
    try withFile(Array("\u{FEFF}µ ~ Normal(0, 1)\r\n".utf8)) { path in
      let model = try Model(contentsOf: path)
      #expect(model.description == "µ ~ Normal(0, 1)\n")
      #expect(model.text.name == path)
    }
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = "no/such/model.strata"
    var error = try #require(throws: ModelError.self) { try Model(contentsOf: missing) }
    #expect(
      error.description == "no/such/model.strata: cannot read the model: there is no such file")
    let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
    error = try #require(throws: ModelError.self) { try Model(contentsOf: folder) }
    #expect(
      error.description == "\(folder): cannot read the model: it is a folder, not a file")
    try withFile(Array("# å\nx ~ ".utf8) + [0xE5, 0x28]) { path in
      let error = try #require(throws: ModelError.self) { try Model(contentsOf: path) }
      #expect(
        error.description
          == "\(path): cannot read the model: not UTF-8 text (line 2); save it as UTF-8")
    }
    try withFile([]) { path in
      let error = try #require(throws: ModelError.self) { try Model(contentsOf: path) }
      #expect(error.source == path)
      #expect(error.message.hasPrefix("the model is empty"))
    }
  }
}

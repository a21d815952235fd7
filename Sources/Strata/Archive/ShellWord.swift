/// A path as a shell takes it for one word: in messages that give a command to copy.
package struct ShellWord: CustomStringConvertible {
  /// The word, in quotes where it needs them.
  package let description: String

  package init(_ path: String) {
    let isPlain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
        true
      default: "/._-+=:@%,".utf8.contains(byte)
      }
    }
    if isPlain, !path.isEmpty {
      description = path
    } else {
      description =
        "'"
        + path.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
    }
  }
}

import Foundation
import Strata

extension Scratch {
  /// A folder in it, for results.
  func folder(_ name: String) throws -> OutputFolder {
    try OutputFolder(url.appending(path: name).path)
  }

  /// Whether a file is there and is not empty.
  func hasContent(_ name: String) -> Bool {
    let size = try? url.appending(path: name).resourceValues(forKeys: [.fileSizeKey]).fileSize
    return (size ?? 0) > 0
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: name).path)
  }

  /// All files under a folder: path and content.
  func files(under name: String) throws -> [String: Data] {
    let root = url.appending(path: name)
    var files: [String: Data] = [:]
    guard let all = FileManager.default.enumerator(atPath: root.path) else { return files }
    for case let path as String in all {
      var isFolder: ObjCBool = false
      let file = root.appending(path: path)
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if !isFolder.boolValue { files[path] = try Data(contentsOf: file) }
    }
    return files
  }
}

/// The bits of numbers, so that NaN equals itself.
func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

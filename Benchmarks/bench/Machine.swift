import Strata
import StrataKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the numbers were measured on.
struct Machine: Encodable, CustomStringConvertible {
  var date: String
  var processor: String
  var cores: Int
  var backend: String
  var blas: String
  var version: String
  var commit: String

  static var current: Machine {
    Machine(
      date: today(), processor: processorName(),
      cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), backend: Backend.current.rawValue,
      blas: LinearAlgebra.libraryName, version: strataVersion, commit: commitID())
  }

  var description: String {
    """
    Strata \(version) (\(commit)), \(date)
    \(processor), \(cores) cores, backend \(backend), \(blas)
    """
  }

  private static func today() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }

  private static func processorName() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line.map { $0.drop { $0 != ":" }.dropFirst(2).description } ?? "unknown processor"
  }

  /// The size of the last-level cache as Linux tells it, else 32 MiB.
  static var lastCacheBytes: Int {
    let folder = "/sys/devices/system/cpu/cpu0/cache/"
    let sizes = ["index2", "index3", "index4"].compactMap { index -> Int? in
      guard let text = try? String(contentsOfFile: folder + index + "/size", encoding: .utf8)
      else { return nil }
      let digits = text.prefix { $0.isNumber }
      guard let size = Int(digits) else { return nil }
      return text.contains("M") ? size << 20 : size << 10
    }
    return sizes.max() ?? 32 << 20
  }

  /// The commit of the checkout that the benchmark was built from, if git's files say so.
  private static func commitID() -> String {
    let git = Checkout.root + "/.git/"
    guard let head = try? String(contentsOfFile: git + "HEAD", encoding: .utf8) else { return "?" }
    let name = head.split(separator: " ").last?.split(separator: "\n").first ?? ""
    let id = (try? String(contentsOfFile: git + name, encoding: .utf8)) ?? head
    return String(id.prefix(10))
  }
}

/// The folder that the package was built in.
enum Checkout {
  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  static func example(_ name: String) -> String { "\(root)/Examples/\(name)" }
}

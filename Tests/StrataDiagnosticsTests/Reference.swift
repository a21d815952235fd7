import Foundation
import Testing

/// The files under Reference; how they are made is said there.
struct Reference {
  /// Set name to chains.
  let draws: [String: [[Double]]]
  /// (set, diagnostic, value), NaN for NA.
  let rows: [(set: String, name: String, value: Double)]

  static let shared = Reference()

  private init() {
    var draws: [String: [[Double]]] = [:]
    for fields in Self.lines("draws.csv") {
      draws[fields[0], default: []].append(fields.dropFirst().map { Double($0)! })
    }
    self.draws = draws
    rows = Self.lines("reference.csv").map { fields in
      (fields[0], fields[1], fields[2] == "NA" ? .nan : Double(fields[2].lowercased())!)
    }
  }

  static func lines(_ file: String) -> [[String]] {
    let url = Bundle.module.url(forResource: "Reference", withExtension: nil)!
      .appendingPathComponent(file)
    let text = try! String(contentsOf: url, encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: ",").map(String.init) }
  }

  /// Values of the rows of one pseudo-set, with the numbers in their names.
  func table(_ set: String) -> [(arguments: [Double], value: Double)] {
    rows.filter { $0.set == set }.map { row in
      (row.name.split(separator: ";").map { Double($0)! }, row.value)
    }
  }
}

/// Whether two numbers agree to `tolerance` relative; NaN stands for undefined.
func agrees(_ ours: Double?, _ theirs: Double, tolerance: Double = 1e-10) -> Bool {
  guard let ours else { return theirs.isNaN }
  return ours == theirs || abs(ours - theirs) <= tolerance * abs(theirs)
}

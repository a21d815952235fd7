import Foundation
import StrataKernels
import Testing

/// One line of Reference/density_reference.csv; density_reference.py says what the columns are.
struct DensityReference {
  /// An exact number (rounded to Double) and the sum of the absolute values of its terms.
  struct Entry {
    var number: Double
    var size: Double

    /// The error of `found`, relative to the sum of absolute terms.
    func error(of found: Double) -> Double {
      if found == number { return 0 }
      // Below the smallest normal number only absolute accuracy is to be had.
      return abs(found - number) / max(size, 1e-290)
    }
  }

  var line: Int
  var family: DensityFamily
  var y: Double
  var arguments: [Double]
  var constant: Entry
  var value: Entry
  var derivatives: [Entry?]  // in y, then in each argument

  static let all: [DensityReference] = {
    let url = Bundle.module.url(
      forResource: "density_reference", withExtension: "csv", subdirectory: "Reference")!
    let names = Dictionary(
      uniqueKeysWithValues: DensityFamily.allCases.map { ("\($0)".lowercased(), $0) })
    let text = try! String(contentsOf: url, encoding: .utf8)
    return text.split(separator: "\n").enumerated().compactMap { index, line -> DensityReference? in
      if line.hasPrefix("#") { return nil }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = cells.map { Double($0) }
      func entry(_ at: Int) -> Entry? {
        numbers[at].map { Entry(number: $0, size: numbers[at + 1]!) }
      }
      let family = names[String(cells[0]).replacing("_", with: "")]!
      return DensityReference(
        line: index + 1, family: family, y: numbers[1]!,
        arguments: numbers[2..<5].compactMap { $0 }, constant: entry(5)!, value: entry(7)!,
        derivatives: (0...family.argumentCount).map { entry(9 + 2 * $0) })
    }
  }()
}

@Suite struct DensityReferenceTests {
  // The promise of strata_density.h.
  let limit = 1e-13

  @Test(arguments: DensityFamily.allCases)
  func agreesWithReference(_ family: DensityFamily) throws {
    let rows = DensityReference.all.filter { $0.family == family }
    #expect(rows.count >= 5)
    var worst = (error: 0.0, place: "")
    for row in rows {
      let result = try logDensity(
        family, count: 1, y: .shared(row.y), arguments: row.arguments.map { .shared($0) })
      let constant = try logDensityConstant(
        family, count: 1, y: .shared(row.y), arguments: row.arguments.map { .shared($0) })
      func compare(_ found: Double, _ wanted: DensityReference.Entry, _ name: String) {
        // A log density below the range of Double is -infinity and pulls on nothing.
        if result.value == -.infinity && row.value.number < -1e300 {
          #expect(name == "value" || found == 0, "line \(row.line), \(name)")
          return
        }
        if wanted.number.isInfinite {  // beyond a Double
          #expect(found == 0, "line \(row.line), \(name)")
          return
        }
        let error = wanted.error(of: found)
        #expect(
          error < limit,
          "line \(row.line), \(name): \(found), not \(wanted.number); terms sum to \(wanted.size)")
        if error > worst.error { worst = (error, "\(name) of line \(row.line)") }
      }
      compare(result.value, row.value, "value")
      #expect(row.constant.error(of: constant) < limit, "line \(row.line), constant \(constant)")
      for (index, entry) in row.derivatives.enumerated() {
        guard let entry else { continue }
        let found = index == 0 ? result.variate[0] : result.arguments[index - 1][0]
        compare(found, entry, "derivative \(index)")
      }
    }
    if ProcessInfo.processInfo.environment["STRATA_PRINT_ERRORS"] != nil {
      print("\(family): worst error \(worst.error), \(worst.place)")
    }
  }
}

/// Rows sorted into groups by one column or by the combinations of several.
///
/// Levels are ordered numerically if all labels are whole numbers, else by their UTF-8 bytes;
/// combinations by their first column, then the second, and so on. Only levels that occur are
/// levels. Labels are the cells' text: `01` and `1` are two levels.
public struct Factor: Sendable {
  /// The columns that make the factor; empty for the factor of rows.
  public let columns: [String]
  /// Each row's level: an index into ``levels``.
  public let codes: [Int32]
  /// The levels' labels: `A`, or `A,F` for two columns. A cell that holds `,`, `]` or `"` is quoted
  /// as in CSV.
  public let levels: [String]
  /// For each column its cell in each level, as it is in the table, without quotes.
  public let components: [[String]]

  let origin: RowOrigin

  /// The number of levels.
  public var levelCount: Int { levels.count }

  /// How many rows each level has; at least one.
  public var rowCounts: [Int] {
    var counts = [Int](repeating: 0, count: levels.count)
    for code in codes { counts[Int(code)] += 1 }
    return counts
  }

  /// The code of a level, given by its label or, for a factor of one column, by its cell; nil if
  /// there is none.
  public func code(of level: String) -> Int? {
    if columns.count == 1, let code = code(ofCells: [level]) { return code }
    // Quoted labels and combinations: seldom asked, so searched one by one.
    return levels.firstIndex { $0.utf8.elementsEqual(level.utf8) }
  }

  /// The code of the level with these cells, one for each column; nil if there is none.
  public func code(ofCells cells: [String]) -> Int? {
    precondition(cells.count == columns.count, "one cell for each column of the factor")
    if columns.isEmpty { return nil }
    let trimmed = cells.map(\.trimmed)
    var (low, high) = (0, levels.count)
    while low < high {
      let middle = (low + high) / 2
      switch compare(level: middle, with: trimmed) {
      case 0: return middle
      case ..<0: low = middle + 1
      default: high = middle
      }
    }
    return nil
  }

  private func compare(level: Int, with cells: [String]) -> Int {
    for (component, cell) in cells.enumerated() {
      let order = componentOrders[component].compare(components[component][level], cell)
      if order != 0 { return order }
    }
    return 0
  }

  private let componentOrders: [LabelOrder]

  init(columns: [String], parts: [Part], origin: RowOrigin) {
    self.columns = columns
    self.origin = origin
    componentOrders = parts.map(\.order)
    if parts.count == 1 {
      codes = parts[0].codes
      components = [parts[0].labels]
      levels = parts[0].labels.map(levelLabel)
      return
    }
    // Combine from the left: numbers of pairs, sorted, are again codes in the right order.
    var codes = parts[0].codes
    var cellsOfLevel = parts[0].labels.indices.map { [$0] }
    for part in parts.dropFirst() {
      let keys = zip(codes, part.codes).map { Int($0) * part.labels.count + Int($1) }
      let distinct = Set(keys).sorted()
      let codeOfKey = Dictionary(
        uniqueKeysWithValues: zip(distinct, (0..<distinct.count).map(Int32.init)))
      codes = keys.map { codeOfKey[$0]! }
      cellsOfLevel = distinct.map { key in
        cellsOfLevel[key / part.labels.count] + [key % part.labels.count]
      }
    }
    self.codes = codes
    let components = parts.indices.map { part in
      cellsOfLevel.map { parts[part].labels[$0[part]] }
    }
    self.components = components
    levels = cellsOfLevel.indices.map { level in
      components.map { levelLabel($0[level]) }.joined(separator: ",")
    }
  }

  /// The factor `[row]`: each row is a level, labelled by its number (from 1) in the table as read.
  init(rowsOf origin: RowOrigin, count: Int) {
    columns = []
    codes = (0..<count).map(Int32.init)
    levels = (0..<count).map { String((origin.original?[$0] ?? $0) + 1) }
    components = []
    componentOrders = []
    self.origin = origin
  }
}

/// A level's label: the cell, in quotes if it holds a comma, a closing bracket or a quote.
package func levelLabel(_ cell: String) -> String {
  guard cell.utf8.contains(where: { $0 == 0x2C || $0 == 0x5D || $0 == 0x22 }) else { return cell }
  var label = "\""
  for character in cell.unicodeScalars {
    if character == "\"" { label += "\"" }
    label.unicodeScalars.append(character)
  }
  return label + "\""
}

extension Factor {
  /// One column's labels in order, and each row's label.
  struct Part {
    var codes: [Int32]
    var labels: [String]
    var order: LabelOrder

    /// From codes in any order into labels some of which may not occur.
    init(codes: [Int32], labels: [String]) {
      var occurs = [Bool](repeating: false, count: labels.count)
      for code in codes { occurs[Int(code)] = true }
      let used = labels.indices.filter { occurs[$0] }
      let order = LabelOrder(used.lazy.map { labels[$0] })
      let sorted = order.sorted(used, labels)
      var newCode = [Int32](repeating: -1, count: labels.count)
      for (code, old) in sorted.enumerated() { newCode[old] = Int32(code) }
      self.codes = codes.map { newCode[Int($0)] }
      self.labels = sorted.map { labels[$0] }
      self.order = order
    }
  }
}

/// The order of a factor's labels: numerical if all are whole numbers, else by UTF-8 bytes.
enum LabelOrder {
  case numerical
  case bytes

  init(_ labels: some Sequence<String>) {
    self = labels.allSatisfy { WholeNumberText($0) != nil } ? .numerical : .bytes
  }

  /// Negative, zero or positive as `a` comes before, is, or comes after `b`.
  ///
  /// Labels of one value (`1`, `01`, `+1`) are told apart by their bytes; a text that is no whole
  /// number comes after all.
  func compare(_ a: String, _ b: String) -> Int {
    if case .numerical = self {
      switch (WholeNumberText(a), WholeNumberText(b)) {
      case (let x?, let y?):
        let order = x.compare(y)
        if order != 0 { return order }
      case (nil, nil): break
      case (nil, _): return 1
      case (_, nil): return -1
      }
    }
    return compareBytes(a.utf8, b.utf8)
  }

  /// Sorts indices into `labels`, by keys of one word first: comparing texts is slow.
  func sorted(_ indices: [Int], _ labels: [String]) -> [Int] {
    var keyed: [(key: Int, index: Int)] = []
    keyed.reserveCapacity(indices.count)
    for index in indices {
      guard let key = sortKey(labels[index]) else {
        return indices.sorted { compare(labels[$0], labels[$1]) < 0 }
      }
      keyed.append((key, index))
    }
    keyed.sort { a, b in
      a.key != b.key ? a.key < b.key : compare(labels[a.index], labels[b.index]) < 0
    }
    return keyed.map(\.index)
  }

  /// A number that orders as the label does but for ties: the whole number itself (nil if it does not
  /// fit), or the first seven bytes.
  private func sortKey(_ label: String) -> Int? {
    switch self {
    case .numerical: return Int(label)
    case .bytes:
      var key = 0
      var count = 0
      for byte in label.utf8.prefix(7) {
        key = key << 8 | Int(byte)
        count += 1
      }
      return key << (8 * (7 - count))
    }
  }
}

/// A text that spells a whole number of any length.
private struct WholeNumberText {
  var isNegative: Bool
  /// Without leading zeros; empty for zero.
  var digits: Substring.UTF8View

  init?(_ text: String) {
    var bytes = Substring(text).utf8
    isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
    digits = bytes.drop { $0 == 48 }
    if digits.isEmpty { isNegative = false }
  }

  func compare(_ other: WholeNumberText) -> Int {
    if isNegative != other.isNegative { return isNegative ? -1 : 1 }
    let longer = digits.count - other.digits.count
    let magnitudes = longer != 0 ? longer : compareBytes(digits, other.digits)
    return isNegative ? -magnitudes : magnitudes
  }
}

private func compareBytes(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Int {
  if a.lexicographicallyPrecedes(b) { return -1 }
  return a.count == b.count && a.elementsEqual(b) ? 0 : 1
}

/// Collects the cells of one column: numbers until a cell is not one, else text.
struct ColumnBuilder {
  private enum State {
    case numbers
    case text
    /// Began with numbers and is text: its earlier cells must be read again.
    case pendingText
  }
  private var state = State.numbers
  private var values: [Double] = []
  private var isWhole = true
  private var isCanonical = true
  private var codes: [Int32] = []
  private var labels = LabelTable()
  private var missing: [Int] = []
  private var notFinite: [Int] = []

  init(text: Bool = false) {
    if text { state = .text }
  }

  var isPendingText: Bool { state == .pendingText }

  /// Adds a cell's bytes, trimmed and without the quotes around them.
  mutating func append(_ text: UnsafePointer<UInt8>, count: Int, row: Int) {
    if isMissingCell(text, count: count) {
      missing.append(row)
      switch state {
      case .numbers: values.append(.nan)
      case .text: codes.append(-1)
      case .pendingText: break
      }
      return
    }
    switch state {
    case .numbers:
      if let number = NumberParser.parse(text, count: count) {
        append(number, row: row)
      } else if missing.count == row {
        // Nothing but missing cells so far.
        state = .text
        values = []
        codes = [Int32](repeating: -1, count: row)
        codes.append(labels.code(text, count: count))
      } else {
        state = .pendingText
        values = []
      }
    case .text: codes.append(labels.code(text, count: count))
    case .pendingText: break
    }
  }

  private mutating func append(_ number: NumberParser.Parsed, row: Int) {
    values.append(number.value)
    if number.isCanonicalWhole { return }
    isCanonical = false
    if !number.value.isFinite { notFinite.append(row) }
    if number.value.rounded() != number.value { isWhole = false }
  }

  func column() -> Table.Column {
    let cells: Table.Column.Cells =
      state == .text
      ? .text(codes: codes, labels: labels.labels())
      : .numbers(
        values, isWhole: isWhole && notFinite.isEmpty && missing.count < values.count,
        spelling: isCanonical ? .printed : .inSource)
    return Table.Column(cells: cells, missing: missing, notFinite: notFinite)
  }
}

/// Whether a trimmed cell is empty, `NA` or `NaN`.
func isMissingCell(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
  switch count {
  case 0: return true
  case 2: return text[0] == UInt8(ascii: "N") && text[1] == UInt8(ascii: "A")
  case 3:
    return text[0] == UInt8(ascii: "N") && text[1] == UInt8(ascii: "a")
      && text[2] == UInt8(ascii: "N")
  default: return false
  }
}

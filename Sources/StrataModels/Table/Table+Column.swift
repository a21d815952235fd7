extension Table {
  /// A column of numbers or of text, as many cells as the table has rows.
  public struct Column: Sendable {
    /// What a column's cells are.
    public enum Kind: String, Sendable {
      /// Numbers without a fraction, of any size.
      case wholeNumbers = "whole numbers"
      /// Numbers.
      case numbers
      /// Text: at least one cell is not a number.
      case text
    }

    /// How a number is written where the column names groups.
    enum Spelling {
      /// As Swift prints it: whole numbers without point, others in the shortest exact form.
      case printed
      /// As it stands in the file.
      case inSource
      /// Kept, one per row.
      case kept([String])
    }

    enum Cells {
      /// Missing cells are NaN.
      case numbers([Double], isWhole: Bool, spelling: Spelling)
      /// Missing cells have the code −1; labels in order of appearance.
      case text(codes: [Int32], labels: [String])
    }

    var cells: Cells
    /// Rows (from 0, ascending) with a missing cell.
    var missing: [Int]
    /// Rows (from 0, ascending) whose number is infinite.
    var notFinite: [Int]

    /// What the column's cells are.
    public var kind: Kind {
      switch cells {
      case .numbers(_, let isWhole, _): isWhole ? .wholeNumbers : .numbers
      case .text: .text
      }
    }

    /// How many cells are missing.
    public var missingCount: Int { missing.count }

    /// The number of cells.
    public var count: Int {
      switch cells {
      case .numbers(let values, _, _): values.count
      case .text(let codes, _): codes.count
      }
    }

    /// A column of numbers. NaN is a missing cell.
    public static func numbers(_ values: [Double]) -> Column {
      let isWhole = values.allSatisfy { $0.isNaN || $0.rounded() == $0 && $0.isFinite }
      return Column(
        cells: .numbers(values, isWhole: isWhole, spelling: .printed),
        missing: values.indices.filter { values[$0].isNaN },
        notFinite: values.indices.filter { values[$0].isInfinite })
    }

    /// A column of whole numbers. Beyond 2^53 they are rounded where the model calculates with
    /// them and exact where they name groups.
    public static func wholeNumbers(_ values: [Int]) -> Column {
      let isExact = values.allSatisfy { $0.magnitude <= 1 << 53 }
      return Column(
        cells: .numbers(
          values.map(Double.init), isWhole: true,
          spelling: isExact ? .printed : .kept(values.map(String.init))),
        missing: [], notFinite: [])
    }

    /// A column of text, also where every cell is a number. Blanks around a cell are removed; an
    /// empty cell, `NA` and `NaN` are missing.
    public static func text(_ values: [String]) -> Column {
      var builder = ColumnBuilder(text: true)
      for (row, value) in values.enumerated() {
        var trimmed = value.trimmed
        trimmed.withUTF8 { bytes in
          withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
            builder.append(
              bytes.baseAddress ?? UnsafePointer(empty.baseAddress!), count: bytes.count, row: row)
          }
        }
      }
      return builder.column()
    }

    /// The rows at the positions given.
    func gathered(_ rows: [Int]) -> Column {
      let newPosition = { (old: [Int]) -> [Int] in
        let set = Set(old)
        return rows.indices.filter { set.contains(rows[$0]) }
      }
      var copy = self
      switch cells {
      case .numbers(let values, let isWhole, .kept(let texts)):
        copy.cells = .numbers(
          rows.map { values[$0] }, isWhole: isWhole, spelling: .kept(rows.map { texts[$0] }))
      case .numbers(let values, let isWhole, let spelling):
        copy.cells = .numbers(rows.map { values[$0] }, isWhole: isWhole, spelling: spelling)
      case .text(let codes, let labels):
        copy.cells = .text(codes: rows.map { codes[$0] }, labels: labels)
      }
      if !missing.isEmpty { copy.missing = newPosition(missing) }
      if !notFinite.isEmpty { copy.notFinite = newPosition(notFinite) }
      return copy
    }
  }
}

extension String {
  /// Without blanks and line ends at both ends.
  var trimmed: String {
    let isBlank = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    let bytes = utf8
    guard let start = bytes.firstIndex(where: { !isBlank($0) }) else { return "" }
    let end = bytes.lastIndex { !isBlank($0) }!
    return String(self[start...end])
  }
}

extension Table {
  /// The factor of one column, or of the combinations of several that occur.
  /// - Throws: ``TableError`` for an unknown column or a missing cell.
  public func factor(_ columns: String...) throws(TableError) -> Factor {
    try factor(columns)
  }

  /// The factor of one column, or of the combinations of several that occur.
  /// - Throws: ``TableError`` for an unknown column or a missing cell.
  public func factor(_ columns: [String]) throws(TableError) -> Factor {
    precondition(!columns.isEmpty, "a factor needs at least one column")
    try requireComplete(columns: columns)
    var parts: [Factor.Part] = []
    for name in columns {
      let position = try position(ofColumn: name)
      let (codes, labels) = labelled(position)
      parts.append(Factor.Part(codes: codes, labels: labels))
    }
    return Factor(columns: columns, parts: parts, origin: origin)
  }

  /// The factor with one level per row, labelled by the row's number (from 1) in the table as read.
  public func rowFactor() -> Factor { Factor(rowsOf: origin, count: rowCount) }

  /// The text of a column's cells as they are in the table, trimmed; a missing cell is empty.
  public func text(_ name: String) throws(TableError) -> [String] {
    let (codes, labels) = labelled(try position(ofColumn: name))
    return codes.map { $0 < 0 ? "" : labels[Int($0)] }
  }

  /// Each row's text as a code into the labels; −1 where the cell is missing.
  package func codedText(_ name: String) throws(TableError) -> (codes: [Int32], labels: [String]) {
    labelled(try position(ofColumn: name))
  }

  /// Each row's level in a factor of another table (the one a model was fitted to); −1 where the
  /// level is new.
  /// - Throws: ``TableError`` if one of the factor's columns is unknown here or misses a cell.
  public func codes(in factor: Factor) throws(TableError) -> [Int32] {
    let own = try self.factor(factor.columns)
    let codeOfLevel = own.levels.indices.map { level in
      Int32(factor.code(ofCells: own.components.map { $0[level] }) ?? -1)
    }
    return own.codes.map { codeOfLevel[Int($0)] }
  }

  /// A column's cell as it is written in the table.
  func cell(_ row: Int, _ position: Int) -> String {
    switch columns[position].cells {
    case .text(let codes, let labels): return codes[row] < 0 ? "" : labels[Int(codes[row])]
    case .numbers(let values, _, .printed): return printed(values[row])
    case .numbers(_, _, .kept(let texts)): return texts[row]
    case .numbers(_, _, .inSource):
      let (codes, labels) = labelled(position)
      return codes[row] < 0 ? "" : labels[Int(codes[row])]
    }
  }

  /// Each row's text as a code into labels, in no particular order; −1 where the cell is missing.
  private func labelled(_ position: Int) -> (codes: [Int32], labels: [String]) {
    switch columns[position].cells {
    case .text(let codes, let labels): return (codes, labels)
    case .numbers(let values, _, .printed): return printedLabels(values)
    case .numbers(_, _, .kept(let texts)): return keptLabels(texts)
    case .numbers(_, _, .inSource): return sourceLabels(position)
    }
  }

  private func printedLabels(_ values: [Double]) -> (codes: [Int32], labels: [String]) {
    if let dense = denseLabels(values) { return dense }
    var codeOfValue: [Double: Int32] = [:]
    var distinct: [Double] = []
    let codes = values.map { value -> Int32 in
      if value.isNaN { return -1 }
      if let code = codeOfValue[value] { return code }
      let code = Int32(distinct.count)
      codeOfValue[value] = code
      distinct.append(value)
      return code
    }
    return (codes, distinct.map(printed))
  }

  /// The labels of whole numbers that lie close together, without hashing; nil if they do not.
  private func denseLabels(_ values: [Double]) -> (codes: [Int32], labels: [String])? {
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for value in values where !value.isNaN {
      if value != value.rounded() { return nil }
      least = min(least, value)
      greatest = max(greatest, value)
    }
    // Within 2^53 the differences and the labels are exact. A column without numbers has no range.
    guard least <= greatest, least > -0x1p53, greatest < 0x1p53,
      greatest - least < Double(2 * values.count + 1024)
    else { return nil }
    let codes = values.map { $0.isNaN ? -1 : Int32($0 - least) }
    return (codes, (0...Int(greatest - least)).map { String($0 + Int(least)) })
  }

  private func keptLabels(_ texts: [String]) -> (codes: [Int32], labels: [String]) {
    var table = LabelTable()
    let codes = texts.map { text -> Int32 in
      var text = text
      return text.withUTF8 { table.code($0.baseAddress!, count: $0.count) }
    }
    return (codes, table.labels())
  }

  private func sourceLabels(_ position: Int) -> (codes: [Int32], labels: [String]) {
    guard let source = origin.source else { preconditionFailure("a column as written in no file") }
    var table = LabelTable()
    var codes: [Int32] = []
    source.forEachRow { scanner, cells in
      scanner.withBytes(of: cells[position]) { text, count in
        codes.append(isMissingCell(text, count: count) ? -1 : table.code(text, count: count))
      }
    }
    if let rows = origin.original { codes = rows.map { codes[$0] } }
    return (codes, table.labels())
  }

  private func printed(_ value: Double) -> String {
    if let whole = Int(exactly: value) { return String(whole) }
    return "\(value)"
  }
}

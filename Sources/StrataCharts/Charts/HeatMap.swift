/// A matrix as coloured cells with their numbers.
public struct HeatMap: Chart {
  /// How numbers become colours.
  public enum Shading: Sendable, Equatable {
    /// Two colours that grow from a middle value: 0.5 for probabilities, 0 for correlations.
    case diverging(middle: Double, reach: Double)
    /// One colour that grows from the smallest number to the largest.
    case sequential
  }

  /// The heading; empty for none.
  public var title: String
  /// What the rows are.
  public var rowLabel: String
  /// What the columns are.
  public var columnLabel: String
  /// Names of the rows.
  public var rows: [String]
  /// Names of the columns.
  public var columns: [String]
  /// A row of numbers for each row; NaN leaves a cell empty.
  public var values: [[Double]]
  /// Digits after the point.
  public var decimals: Int
  /// How numbers become colours.
  public var shading: Shading

  /// A matrix.
  public init(
    title: String = "", rowLabel: String = "", columnLabel: String = "", rows: [String],
    columns: [String], values: [[Double]], decimals: Int = 2,
    shading: Shading = .diverging(middle: 0.5, reach: 0.5)
  ) {
    self.title = title
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.rows = rows
    self.columns = columns
    self.values = values
    self.decimals = decimals
    self.shading = shading
  }

  /// What the picture shows, in words.
  public var summary: String {
    "A matrix of \(NumberText.count(rows.count, "row")) and \(NumberText.count(columns.count, "column"))."
  }

  /// The picture at a width in pixels.
  public func drawing(width requested: Double) -> Drawing {
    let figure = Figure(title: title, summary: summary)
    guard !rows.isEmpty, !columns.isEmpty else { return figure.drawing(width: requested) }
    return figure.drawing(width: requested) { canvas, left, top, width in
      draw(on: &canvas, pad: left, top: top, width: width + 2 * left)
    }
  }

  private func draw(on canvas: inout Canvas, pad: Double, top: Double, width: Double) -> Double {
    var y = top
    let rowWidth = rows.map { TextMetrics.width($0, size: Type.tick) }.max() ?? 0
    let nameLeft = pad + (rowLabel.isEmpty ? 0 : 18)
    let nameWidth = min(rowWidth, width * 0.3)
    let left = nameLeft + nameWidth + 8
    let cell = min((width - left - pad) / Double(columns.count), 64)
    let height = max(min(cell, 34), 2)

    // Column names stand upright where they fit, else turned by a quarter.
    let widest = columns.map { TextMetrics.width($0, size: Type.tick) }.max() ?? 0
    let isTurned = widest > cell - 6
    let stride = cell >= 13 || !isTurned ? 1 : Int((13 / cell).rounded(.up))
    if !columnLabel.isEmpty {
      canvas.text(
        columnLabel, at: Point(left, y + 14), paint: .quiet, limit: width - left - pad)
      y += 20
    }
    let headHeight = isTurned ? min(widest, 110) + 10 : 20
    for (j, name) in columns.enumerated() where j % stride == 0 {
      let x = left + (Double(j) + 0.5) * cell
      if isTurned {
        canvas.text(
          name, at: Point(x + 4, y + headHeight - 5), size: Type.tick, limit: headHeight - 8,
          turned: true)
      } else {
        canvas.text(
          name, at: Point(x, y + headHeight - 6), anchor: .middle, size: Type.tick, limit: cell)
      }
    }
    y += headHeight
    let top = y
    drawCells(left: left, top: top, cell: cell, height: height, on: &canvas)
    let rowStride = height >= 13 ? 1 : Int((13 / height).rounded(.up))
    for (i, name) in rows.enumerated() where i % rowStride == 0 {
      canvas.text(
        name, at: Point(left - 8, top + (Double(i) + 0.5) * height + 4), anchor: .end,
        size: Type.tick, limit: nameWidth + 1)
    }
    y = top + Double(rows.count) * height
    if !rowLabel.isEmpty {
      canvas.text(
        rowLabel, at: Point(pad + 10, (top + y) / 2), anchor: .middle, paint: .quiet,
        limit: y - top, turned: true)
    }
    return y
  }

  private func drawCells(
    left: Double, top: Double, cell: Double, height: Double, on canvas: inout Canvas
  ) {
    let all = Extent(values.joined())
    let widest = values.joined().drawable.map { text(of: $0) }.max { $0.count < $1.count } ?? ""
    let size = cell > 40 ? Type.tick : 9.5
    let hasNumbers = TextMetrics.width(widest, size: size) <= cell - 3 && height >= size + 2
    for i in rows.indices {
      for j in columns.indices {
        let box = Box(
          x: left + Double(j) * cell, y: top + Double(i) * height, width: cell, height: height)
        guard i < values.count, j < values[i].count, values[i][j].isDrawable else { continue }
        let value = values[i][j]
        let (paint, depth) = shade(value, all)
        let gap = cell > 12 && height > 12 ? 0.75 : 0
        canvas.rectangle(
          box.inset(gap), fill: paint, opacity: 0.03 + 0.6 * depth,
          title: "\(rows[i]), \(columns[j]): \(text(of: value))")
        guard hasNumbers else { continue }
        canvas.text(
          text(of: value), at: Point(box.midX, box.midY + size * 0.36), anchor: .middle, size: size)
      }
    }
  }

  private func text(of value: Double) -> String {
    value.magnitude >= 1e7 ? NumberText.short(value) : NumberText.fixed(value, decimals: decimals)
  }

  /// The colour and how much of it, 0 to 1: at most 0.63 of it is laid on, so that numbers stay readable on it in both themes
  /// (contrast 4.2 or more).
  private func shade(_ value: Double, _ all: Extent) -> (Paint, Double) {
    switch shading {
    case .diverging(let middle, let reach):
      let depth = reach > 0 ? (value - middle) / reach : 0
      return (depth >= 0 ? .series(0) : .series(1), min(depth.magnitude, 1))
    case .sequential:
      let distance = all.upper / 2 - all.lower / 2
      return (.series(0), distance > 0 ? (value / 2 - all.lower / 2) / distance : 0.5)
    }
  }
}

/// Every pair of a few parameters as scattered draws, with the draws after divergent transitions marked.
public struct PairPlot: Chart {
  /// One parameter.
  public struct Column: Sendable {
    /// Its name.
    public var label: String
    /// Its draws, all chains one after the other.
    public var draws: [Double]
    /// Whether its axis is logarithmic; only for draws above 0.
    public var isLogarithmic: Bool

    /// A parameter's draws.
    public init(_ label: String, draws: [Double], isLogarithmic: Bool = false) {
      self.label = label
      self.draws = draws
      self.isLogarithmic = isLogarithmic && draws.allSatisfy { !($0 <= 0) }
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The parameters; more than ``maximumColumns`` are left out, with a note.
  public var columns: [Column]
  /// Which draws came after a divergent transition; empty for none.
  public var divergent: [Bool]
  /// How many parameters are drawn.
  public var maximumColumns: Int
  /// More draws than that are thinned, with a note; those after divergent transitions all stay.
  public var maximumPoints: Int

  /// A matrix of pairs.
  public init(
    title: String = "", columns: [Column], divergent: [Bool] = [], maximumColumns: Int = 6,
    maximumPoints: Int = 1000
  ) {
    self.title = title
    self.columns = columns
    self.divergent = divergent
    self.maximumColumns = maximumColumns
    self.maximumPoints = max(1, maximumPoints)
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Pairs of \(columns.map(\.label).joined(separator: ", ")), with histograms on the diagonal and correlations above it; "
      + "\(NumberText.count(divergent.reduce(0) { $0 + ($1 ? 1 : 0) }, "draw")) after divergent transitions marked."
  }

  /// The picture at a width in pixels.
  public func drawing(width requested: Double) -> Drawing {
    let shown = Array(columns.prefix(max(2, maximumColumns)))
    let count = shown.map(\.draws.count).min() ?? 0
    let kept = (0..<count).filter { i in shown.allSatisfy { $0.draws[i].isDrawable } }
    var figure = Figure(title: title, summary: summary)
    figure.emptyText = "Nothing to draw: no draw is finite in all parameters."
    figure.notes = notes(shown, count: count, kept: kept)
    guard shown.count > 1, !kept.isEmpty else { return figure.drawing(width: requested) }
    if divergent.contains(true) {
      figure.legend.entries = [
        .init(.point(.circle, .series(0)), "draw"),
        .init(.point(.triangle, .series(1)), "after a divergent transition"),
      ]
    }
    let matrix = PairMatrix(
      columns: shown.map { column in
        (column.label, kept.map { column.draws[$0] }, column.isLogarithmic)
      },
      divergent: kept.map { $0 < divergent.count && divergent[$0] },
      maximumPoints: maximumPoints)
    return figure.drawing(width: requested) { canvas, left, top, width in
      matrix.draw(on: &canvas, left: left, top: top, width: width)
    }
  }

  private func notes(_ shown: [Column], count: Int, kept: [Int]) -> [String] {
    var notes: [String] = []
    if kept.count > maximumPoints {
      let marked = divergent.contains(true) ? ", and all after divergent transitions" : ""
      notes.append(
        "\(NumberText.count(maximumPoints)) of \(NumberText.count(kept.count)) draws are drawn\(marked)."
      )
    }
    if !kept.isEmpty {
      let logarithmic = shown.filter(\.isLogarithmic).map(\.label).joined(separator: ", ")
      notes.append(
        "Numbers above the diagonal: correlations."
          + (logarithmic.isEmpty ? "" : " Logarithmic: \(logarithmic)."))
    }
    notes.append(Figure.leftOut(count - kept.count, of: "draw") ?? "")
    if columns.count > shown.count {
      notes.append("\(NumberText.count(columns.count - shown.count, "more parameter")) not shown.")
    }
    return notes
  }
}

/// The cells of a pair plot.
struct PairMatrix {
  let columns: [(label: String, draws: [Double], isLogarithmic: Bool)]
  let divergent: [Bool]
  let maximumPoints: Int

  func draw(on canvas: inout Canvas, left: Double, top: Double, width: Double) -> Double {
    let n = columns.count
    let axes = columns.map {
      Axis(Extent($0.draws), logarithmic: $0.isLogarithmic, padding: 0.05)
    }
    let gap = 8.0
    // Labels of the vertical axes, measured at the height that the cells will about have.
    let guess = (width - 40) / Double(n) - gap
    let labels = axes.dropFirst().flatMap { $0.verticalTicks(length: min(guess, 160)).labels }
    let margin = (labels.map { TextMetrics.width($0, size: Type.tick) }.max() ?? 0) + 10
    let size = max((width - margin - 6) / Double(n) - gap, 16)
    let height = min(size, 210)
    for row in 0..<n {
      for column in 0..<n {
        let box = Box(
          x: left + margin + Double(column) * (size + gap),
          y: top + 20 + Double(row) * (height + gap), width: size, height: height)
        if row == column {
          drawHistogram(column, axes[column], in: box, on: &canvas)
        } else if row > column {
          drawScatter(column, row, axes, in: box, on: &canvas)
        } else {
          let r = correlation(shownNumbers(row), shownNumbers(column))
          canvas.text(
            NumberText.fixed(r, decimals: 2), at: Point(box.midX, box.midY + 5), anchor: .middle,
            size: 13, paint: .quiet, limit: size)
        }
        if column == 0, row > 0 { drawVertical(axes[row], box, on: &canvas) }
        if row == n - 1 { drawHorizontal(axes[column], box, column, on: &canvas) }
      }
    }
    let hasUnits = axes.contains { !TickSet.name("", $0.horizontalTicks(length: size)).isEmpty }
    return top + 20 + Double(n) * (height + gap) + (hasUnits ? 26 : 14)
  }

  private func drawHistogram(
    _ column: Int, _ axis: Axis, in box: Box, on canvas: inout Canvas
  ) {
    canvas.text(
      columns[column].label, at: Point(box.midX, box.y - 5), anchor: .middle, size: Type.panel,
      bold: true, limit: box.width + 6)
    let bins = max(8, min(24, Int(box.width / 6)))
    var counts = [Double](repeating: 0, count: bins)
    for x in columns[column].draws {
      counts[min(max(Int(axis.fraction(x) * Double(bins)), 0), bins - 1)] += 1
    }
    let top = counts.max() ?? 1
    let width = box.width / Double(bins)
    for (i, count) in counts.enumerated() where count > 0 {
      let height = count / top * box.height * 0.94
      canvas.rectangle(
        Box(
          x: box.x + Double(i) * width, y: box.maxY - height, width: max(width - 0.8, 0.4),
          height: height), fill: .series(0), opacity: 0.5)
    }
    canvas.line(Point(box.x, box.maxY), Point(box.maxX, box.maxY), Stroke(paint: .quiet, width: 1))
  }

  private func drawScatter(
    _ column: Int, _ row: Int, _ axes: [Axis], in box: Box, on canvas: inout Canvas
  ) {
    let frame = Frame(plot: box, x: axes[column], y: axes[row])
    let total = columns[column].draws.count
    let step = max(1, (total + maximumPoints - 1) / maximumPoints)
    let place = { (i: Int) in Point(columns[column].draws[i], columns[row].draws[i]) }
    let ordinary = stride(from: 0, to: total, by: step).filter { !divergent[$0] }
    let marked = (0..<total).filter { divergent[$0] }
    canvas.frame(box, Stroke(paint: .faint, width: 1))
    frame.draw(
      .points(
        ordinary.map(place), shape: .circle, .series(0), radius: 1.3, opacity: 0.4, titles: nil),
      on: &canvas)
    frame.draw(
      .points(
        marked.map(place), shape: .triangle, .series(1), radius: 2.6, opacity: 0.9, titles: nil),
      on: &canvas)
  }

  private func drawVertical(_ axis: Axis, _ box: Box, on canvas: inout Canvas) {
    let ticks = axis.verticalTicks(length: box.height)
    for (value, label) in zip(ticks.values, ticks.labels) {
      let y = box.maxY - axis.fraction(value) * box.height
      guard y >= box.y + 4, y <= box.maxY - 4 else { continue }
      canvas.line(Point(box.x - 3, y), Point(box.x, y), Stroke(paint: .quiet, width: 1))
      canvas.text(
        label, at: Point(box.x - 6, y + Type.tick * 0.35), anchor: .end, size: Type.tick,
        paint: .quiet)
    }
    drawCommon(ticks, at: Point(box.x + 3, box.y + 11), limit: box.width, on: &canvas)
  }

  private func drawHorizontal(_ axis: Axis, _ box: Box, _ column: Int, on canvas: inout Canvas) {
    let ticks = axis.horizontalTicks(length: box.width)
    for (value, label) in zip(ticks.values, ticks.labels) {
      let x = box.x + axis.fraction(value) * box.width
      let half = TextMetrics.width(label, size: Type.tick) / 2
      guard x + half <= box.maxX + 1, x - half >= box.x - 1 else { continue }
      canvas.line(Point(x, box.maxY), Point(x, box.maxY + 3), Stroke(paint: .quiet, width: 1))
      canvas.text(
        label, at: Point(x, box.maxY + 14), anchor: .middle, size: Type.tick, paint: .quiet)
    }
    drawCommon(ticks, at: Point(box.x, box.maxY + 26), limit: box.width, on: &canvas)
  }

  /// What all labels of an axis have in common, small inside the cell.
  private func drawCommon(
    _ ticks: TickSet, at: Point, limit: Double, on canvas: inout Canvas
  ) {
    let text = TickSet.name("", ticks)
    canvas.text(text, at: at, size: 9.5, paint: .quiet, limit: limit)
  }

  /// The draws as their axis shows them.
  private func shownNumbers(_ column: Int) -> [Double] {
    let (_, draws, isLogarithmic) = columns[column]
    return isLogarithmic ? draws.map(Maths.logarithm10) : draws
  }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let mean = { (v: [Double]) in v.reduce(0) { $0 + $1 / n } }
    let scale = { (v: [Double]) in v.map(\.magnitude).max() ?? 1 }
    let (sx, sy) = (max(scale(x), 1e-300), max(scale(y), 1e-300))
    let (mx, my) = (mean(x), mean(y))
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for i in x.indices {
      let (dx, dy) = ((x[i] - mx) / sx, (y[i] - my) / sy)
      xx += dx * dx
      yy += dy * dy
      xy += dx * dy
    }
    return xy / (xx * yy).squareRoot()
  }
}

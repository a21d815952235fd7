/// Rows, strip and axis of a forest plot.
struct ForestLayout {
  private let plot: ForestPlot
  /// Levels with something to draw, in the order of rows from the top.
  private let ordered: [Int]
  private let leftOut: Int

  init(_ plot: ForestPlot) {
    self.plot = plot
    let all = Array(plot.levels.indices)
    let drawn = all.filter { plot.key($0) != nil }
    leftOut = all.count - drawn.count
    let isPointwise = plot.series.map { series in
      series.estimates.allSatisfy { $0?.inner == nil && $0?.outer == nil }
    }
    let lines = plot.series.indices.filter { !isPointwise[$0] || !isPointwise.contains(false) }
    offsets = plot.series.indices.map { s in
      lines.firstIndex(of: s).map { 8 * (Double($0) - Double(lines.count - 1) / 2) } ?? 0
    }
    rowHeight = max(17, 8 * Double(lines.count) + 7)
    switch plot.order {
    case .given: ordered = drawn
    case .byCenter:
      let keys = plot.levels.indices.map { plot.key($0) ?? 0 }
      ordered = drawn.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }
    }
  }

  /// The line of each series within a row: below one another, but points without intervals on the row's middle.
  private let offsets: [Double]
  private let rowHeight: Double
  private static let stripHeight = 130.0

  func drawing(width requested: Double) -> Drawing {
    var head = Figure(title: plot.title, summary: plot.summary)
    guard !ordered.isEmpty else {
      head.emptyText = "Nothing to draw: no level has a finite estimate."
      return head.drawing(width: requested)
    }
    if plot.series.count > 1 {
      head.legend.entries = plot.series.enumerated().map {
        .init(.interval(.series($0), .series($0)), $1.label)
      }
    }
    if plot.reference != nil {
      head.legend.entries.append(.init(.line(.reference), plot.referenceLabel))
    }
    head.notes = [
      plot.intervalLabel.isEmpty ? "" : "Points with \(plot.intervalLabel).",
      leftOut == 0
        ? "" : "\(NumberText.count(leftOut, "level")) without a finite estimate left out.",
    ]
    return head.drawing(width: requested) { canvas, left, top, width in
      draw(on: &canvas, top: top, width: width + 2 * left)
    }
  }

  private func draw(on canvas: inout Canvas, top start: Double, width: Double) -> Double {
    var y = start
    let limit = max(6, plot.maximumRows)
    let isShort = ordered.count <= limit
    let shown = isShort ? ordered.count : max(4, min(limit, 30)) / 2 * 2
    let top = isShort ? ordered : Array(ordered.prefix(shown / 2))
    let bottom = isShort ? [] : Array(ordered.suffix(shown / 2))

    let nameWidth = min(
      (top + bottom).map { TextMetrics.width(plot.levels[$0], size: Type.tick) }.max() ?? 0,
      width * 0.36)
    let left = Figure.padding + max(nameWidth, isShort ? 0 : 64) + 10
    var extent = plot.extent(of: ordered)
    if let reference = plot.reference { extent.include(reference) }
    var axis = Axis(extent, label: plot.xLabel, padding: 0.03)
    axis.hasGrid = true
    let ticks = axis.horizontalTicks(length: width - left - Figure.padding - 12)
    let height =
      Double(top.count + bottom.count) * rowHeight + (isShort ? 0 : Self.stripHeight + 16) + 8
    let box = Box(x: left, y: y, width: width - left - Figure.padding - 12, height: height)
    drawAxis(axis, ticks, in: box, on: &canvas)
    let frame = Frame(plot: box, x: axis, y: Axis(from: 0, to: 1))
    if let reference = plot.reference { frame.draw(.vertical(reference, .reference), on: &canvas) }
    y += 4
    for level in top { y = drawRow(level, frame, top: y, nameWidth: nameWidth, on: &canvas) }
    if !isShort {
      let middle = Array(ordered[(shown / 2)..<(ordered.count - shown / 2)])
      y = drawStrip(middle, frame, top: y + 8, on: &canvas) + 8
      for level in bottom { y = drawRow(level, frame, top: y, nameWidth: nameWidth, on: &canvas) }
    }
    y = box.maxY + 18
    let name = TickSet.name(plot.xLabel, ticks)
    if !name.isEmpty {
      canvas.text(
        name, at: Point(box.midX, y + 14), anchor: .middle, paint: .quiet, limit: box.width)
      y += 19
    }
    return y
  }

  private func drawAxis(_ axis: Axis, _ ticks: TickSet, in box: Box, on canvas: inout Canvas) {
    for (value, label) in zip(ticks.values, ticks.labels) {
      let x = box.x + axis.fraction(value) * box.width
      canvas.line(Point(x, box.y), Point(x, box.maxY), Stroke(paint: .faint, width: 1))
      canvas.line(Point(x, box.maxY), Point(x, box.maxY + 4), Stroke(paint: .quiet, width: 1))
      canvas.text(
        label, at: Point(x, box.maxY + 15), anchor: .middle, size: Type.tick, paint: .quiet)
    }
    canvas.line(Point(box.x, box.maxY), Point(box.maxX, box.maxY), Stroke(paint: .quiet, width: 1))
  }

  private func drawRow(
    _ level: Int, _ frame: Frame, top: Double, nameWidth: Double, on canvas: inout Canvas
  ) -> Double {
    canvas.text(
      plot.levels[level], at: Point(frame.plot.x - 8, top + rowHeight / 2 + Type.tick * 0.35),
      anchor: .end, size: Type.tick, limit: nameWidth + 1)
    for s in plot.series.indices {
      guard let estimate = plot.estimate(s, level) else { continue }
      let y = top + rowHeight / 2 + offsets[s]
      draw(estimate, series: s, at: y, frame, on: &canvas, title: title(level, s, estimate))
    }
    return top + rowHeight
  }

  private func title(_ level: Int, _ series: Int, _ estimate: ForestPlot.Estimate) -> String {
    let name = plot.series[series].label
    var text =
      plot.levels[level] + (name.isEmpty ? "" : ", \(name)")
      + ": \(NumberText.short(estimate.center))"
    if let outer = estimate.outer {
      text += " (\(NumberText.short(outer.lowerBound)) to \(NumberText.short(outer.upperBound)))"
    }
    return text
  }

  private func draw(
    _ estimate: ForestPlot.Estimate, series: Int, at y: Double, _ frame: Frame,
    on canvas: inout Canvas,
    title: String
  ) {
    let paint = Paint.series(series)
    let place = { (x: Double) in
      min(max(frame.pixel(Point(x, 0)).x, frame.plot.x), frame.plot.maxX)
    }
    canvas.group(title: title) { canvas in
      for (range, width) in [(estimate.outer, 1.3), (estimate.inner, 3.2)] {
        guard let range, !range.lowerBound.isNaN, !range.upperBound.isNaN else { continue }
        canvas.line(
          Point(place(range.lowerBound), y), Point(place(range.upperBound), y),
          Stroke(paint: paint, width: width))
      }
      canvas.markers([Point(place(estimate.center), y)], shape: .circle, paint: .paper, radius: 4.2)
      canvas.markers(
        [Point(place(estimate.center), y)], shape: .series(series), paint: paint, radius: 3.2)
    }
  }

  /// The levels between the extremes: their sorted centres as a line in the area of their intervals.
  private func drawStrip(
    _ levels: [Int], _ frame: Frame, top: Double, on canvas: inout Canvas
  ) -> Double {
    let height = Self.stripHeight
    let box = Box(x: frame.plot.x, y: top, width: frame.plot.width, height: height)
    canvas.rectangle(box, fill: .faint, opacity: 0.45, corner: 3)
    for s in plot.series.indices {
      var lines: [[Point]] = []
      var centers: [Point] = []
      // One level for each third of a pixel: more could not be told apart.
      let step = max(1, Double(levels.count) / (height * 1.5))
      for i in stride(from: 0, to: Double(levels.count), by: step) {
        guard let estimate = plot.estimate(s, levels[Int(i)]) else { continue }
        let y = top + (i + 0.5) / Double(levels.count) * height
        let place = { (x: Double) in Point(frame.pixel(Point(x, 0)).x, y) }
        if let outer = estimate.outer {
          lines.append([place(outer.lowerBound), place(outer.upperBound)])
        }
        centers.append(place(estimate.center))
      }
      canvas.lines(
        lines.compactMap { box.clip($0[0], $0[1]).map { [$0.0, $0.1] } },
        Stroke(paint: .series(s), width: 0.7, opacity: plot.series.count > 1 ? 0.3 : 0.45))
      canvas.markers(centers.filter(box.contains), paint: .series(s), radius: 1)
    }
    let middle = top + height / 2
    let text = [NumberText.count(levels.count), "levels", "between"]
    for (i, line) in text.enumerated() {
      canvas.text(
        line, at: Point(box.x - 8, middle + (Double(i) - 0.7) * 14), anchor: .end, size: Type.tick,
        paint: .quiet)
    }
    return top + height
  }
}

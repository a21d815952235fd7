/// Places the panels of a figure: as many side by side as fit, all of one size, their axes aligned.
struct PanelGrid {
  private let figure: Figure
  private let left: Double
  private let top: Double
  private let width: Double

  private var columns = 1
  /// Room of the names and labels of vertical axes, in the first column and in the others.
  private var firstMargin = 0.0
  private var otherMargin = 0.0
  private var rightMargin = 0.0
  private var plotWidth = 0.0
  private let yTicks: [TickSet]
  private var xTicks: [TickSet] = []

  private static let tickRoom = 18.0
  private static let nameRoom = 19.0
  private static let titleRoom = 19.0
  private static let columnGap = 18.0
  private static let rowGap = 14.0

  init(figure: Figure, left: Double, top: Double, width: Double) {
    self.figure = figure
    self.left = left
    self.top = top
    self.width = width
    yTicks = figure.panels.map {
      $0.y.isVisible ? $0.y.verticalTicks(length: figure.plotHeight) : TickSet()
    }
    let wanted = min(figure.maximumColumns, figure.panels.count)
    for count in stride(from: wanted, through: 1, by: -1) {
      columns = count
      arrange()
      if plotWidth >= figure.minimumPlotWidth { break }
    }
    // As many rows, but filled evenly: four panels as two and two, not three and one.
    let rows = (figure.panels.count + columns - 1) / max(columns, 1)
    let even = (figure.panels.count + rows - 1) / max(rows, 1)
    if even < columns {
      columns = even
      arrange()
    }
  }

  private mutating func arrange() {
    let panels = figure.panels
    var labelWidth = 0.0
    var hasName = false
    for (panel, ticks) in zip(panels, yTicks) where panel.y.isVisible {
      for label in ticks.labels {
        labelWidth = max(labelWidth, TextMetrics.width(label, size: Type.tick) + 8)
      }
      hasName = hasName || !name(of: panel.y, ticks).isEmpty
    }
    let nameWidth = hasName ? Self.nameRoom : 0
    firstMargin = labelWidth + nameWidth
    otherMargin = figure.sharesY ? 0 : labelWidth + nameWidth
    rightMargin = 0
    // Labels of the horizontal axis may stick out on both sides: measured at a first guess of the width.
    for _ in 0..<2 {
      let gaps = Double(columns - 1) * (Self.columnGap + otherMargin + rightMargin)
      plotWidth = (width - firstMargin - gaps - rightMargin) / Double(columns)
      plotWidth = max(plotWidth, 20)
      xTicks = panels.map {
        $0.x.isVisible ? $0.x.horizontalTicks(length: plotWidth) : TickSet()
      }
      var (before, after) = (0.0, 0.0)
      for (panel, ticks) in zip(panels, xTicks) {
        for (value, label) in zip(ticks.values, ticks.labels) {
          let half = TextMetrics.width(label, size: Type.tick) / 2
          let at = panel.x.fraction(value) * plotWidth
          before = max(before, half - at)
          after = max(after, at + half - plotWidth)
        }
      }
      rightMargin = max(rightMargin, after)
      firstMargin = max(firstMargin, before)
      if columns > 1 { otherMargin = max(otherMargin, before - Self.columnGap / 2) }
    }
    let gaps = Double(columns - 1) * (Self.columnGap + otherMargin + rightMargin)
    plotWidth = max((width - firstMargin - gaps - rightMargin) / Double(columns), 20)
    xTicks = panels.map { $0.x.isVisible ? $0.x.horizontalTicks(length: plotWidth) : TickSet() }
  }

  /// The name of an axis with what its labels have in common.
  private func name(of axis: Axis, _ ticks: TickSet) -> String {
    TickSet.name(axis.label, ticks)
  }

  /// Whether the panel is the lowest of its column.
  private func isLowest(_ index: Int) -> Bool { index + columns >= figure.panels.count }

  private func showsXTicks(_ index: Int) -> Bool { !figure.sharesX || isLowest(index) }

  /// Draws all panels and returns the lower edge.
  func draw(on canvas: inout Canvas) -> Double {
    let panels = figure.panels
    var y = top
    for start in stride(from: 0, to: panels.count, by: columns) {
      let row = start..<min(start + columns, panels.count)
      if row.contains(where: { !panels[$0].title.isEmpty }) { y += Self.titleRoom }
      let plotTop = y + 6
      var below = 0.0
      for index in row {
        let column = Double(index - start)
        let x =
          left + firstMargin + column * (plotWidth + Self.columnGap + otherMargin + rightMargin)
        let box = Box(x: x, y: plotTop, width: plotWidth, height: figure.plotHeight)
        draw(index, in: box, isFirst: index == start, on: &canvas)
        if panels[index].x.isVisible, showsXTicks(index) {
          let named = !figure.sharesX && !name(of: panels[index].x, xTicks[index]).isEmpty
          below = max(below, Self.tickRoom + (named ? Self.nameRoom : 0))
        }
      }
      y = plotTop + figure.plotHeight + below + Self.rowGap
    }
    y -= Self.rowGap
    return drawSharedNames(on: &canvas, gridBottom: y)
  }

  private func drawSharedNames(on canvas: inout Canvas, gridBottom: Double) -> Double {
    var bottom = gridBottom
    if figure.sharesX, let first = figure.panels.first, first.x.isVisible {
      let text = name(of: first.x, xTicks[0])
      if !text.isEmpty {
        let from = left + firstMargin
        canvas.text(
          text, at: Point((from + left + width) / 2, bottom + 14), anchor: .middle, paint: .quiet,
          limit: left + width - from)
        bottom += Self.nameRoom
      }
    }
    if figure.sharesY, let first = figure.panels.first, first.y.isVisible {
      let text = name(of: first.y, yTicks[0])
      canvas.text(
        text, at: Point(left + 10, (top + gridBottom) / 2), anchor: .middle, paint: .quiet,
        limit: gridBottom - top, turned: true)
    }
    return bottom
  }

  private func draw(_ index: Int, in box: Box, isFirst: Bool, on canvas: inout Canvas) {
    let panel = figure.panels[index]
    let frame = Frame(plot: box, x: panel.x, y: panel.y)
    canvas.text(
      panel.title, at: Point(box.x, box.y - 8), size: Type.panel, bold: true,
      limit: box.width + rightMargin)
    if panel.y.isVisible {
      drawVertical(index, frame, showsLabels: isFirst || !figure.sharesY, on: &canvas)
    }
    if panel.x.isVisible { drawHorizontal(index, frame, on: &canvas) }
    for mark in panel.marks { frame.draw(mark, on: &canvas) }
  }

  private func drawVertical(
    _ index: Int, _ frame: Frame, showsLabels: Bool, on canvas: inout Canvas
  ) {
    let (box, axis, ticks) = (frame.plot, frame.y, yTicks[index])
    for (value, label) in zip(ticks.values, ticks.labels) {
      let y = box.maxY - axis.fraction(value) * box.height
      if axis.hasGrid {
        canvas.line(Point(box.x, y), Point(box.maxX, y), Stroke(paint: .faint, width: 1))
      } else {
        canvas.line(Point(box.x - 4, y), Point(box.x, y), Stroke(paint: .quiet, width: 1))
      }
      guard showsLabels else { continue }
      canvas.text(
        label, at: Point(box.x - 7, y + Type.tick * 0.35), anchor: .end, size: Type.tick,
        paint: .quiet)
    }
    if !axis.hasGrid {
      canvas.line(Point(box.x, box.y), Point(box.x, box.maxY), Stroke(paint: .quiet, width: 1))
    }
    if !figure.sharesY {
      let middle = Point(box.x - (index % columns == 0 ? firstMargin : otherMargin) + 10, box.midY)
      canvas.text(
        name(of: axis, ticks), at: middle, anchor: .middle, paint: .quiet, limit: box.height + 16,
        turned: true)
    }
  }

  private func drawHorizontal(_ index: Int, _ frame: Frame, on canvas: inout Canvas) {
    let (box, axis, ticks) = (frame.plot, frame.x, xTicks[index])
    canvas.line(Point(box.x, box.maxY), Point(box.maxX, box.maxY), Stroke(paint: .quiet, width: 1))
    let showsLabels = showsXTicks(index)
    for value in ticks.minor {
      let x = box.x + axis.fraction(value) * box.width
      canvas.line(Point(x, box.maxY), Point(x, box.maxY + 2.5), Stroke(paint: .quiet, width: 0.8))
    }
    for (value, label) in zip(ticks.values, ticks.labels) {
      let x = box.x + axis.fraction(value) * box.width
      if axis.hasGrid {
        canvas.line(Point(x, box.y), Point(x, box.maxY), Stroke(paint: .faint, width: 1))
      }
      canvas.line(Point(x, box.maxY), Point(x, box.maxY + 4), Stroke(paint: .quiet, width: 1))
      guard showsLabels else { continue }
      canvas.text(
        label, at: Point(x, box.maxY + 15), anchor: .middle, size: Type.tick, paint: .quiet)
    }
    if !figure.sharesX {
      canvas.text(
        name(of: axis, ticks), at: Point(box.midX, box.maxY + 32), anchor: .middle, paint: .quiet,
        limit: box.width)
    }
  }
}

/// What the colours and forms of a picture mean: samples with names, in rows above the panels.
struct Legend: Sendable {
  enum Sample: Sendable {
    case line(Stroke)
    case area(Paint, opacity: Double)
    case point(MarkerShape, Paint)
    /// An interval with its middle.
    case interval(MarkerShape, Paint)
    case arrow(Stroke)
  }

  struct Entry: Sendable {
    var sample: Sample
    var text: String

    init(_ sample: Sample, _ text: String) {
      self.sample = sample
      self.text = text
    }
  }

  var entries: [Entry] = []

  static let rowHeight = 19.0
  private static let sampleWidth = 26.0
  private static let gap = 18.0

  /// Draws the entries from `top` on and returns the height they took.
  func draw(on canvas: inout Canvas, left: Double, top: Double, width: Double) -> Double {
    guard !entries.isEmpty else { return 0 }
    var x = left
    var y = top
    for entry in entries {
      let limit = width - Self.sampleWidth
      let text = TextMetrics.shorten(entry.text, to: limit, size: Type.label)
      let needed = Self.sampleWidth + TextMetrics.width(text, size: Type.label)
      if x > left, x + needed > left + width {
        x = left
        y += Self.rowHeight
      }
      draw(entry.sample, on: &canvas, at: Point(x, y + Self.rowHeight / 2))
      canvas.text(
        entry.text, at: Point(x + Self.sampleWidth, y + Self.rowHeight / 2 + 4), limit: limit)
      x += needed + Self.gap
    }
    return y + Self.rowHeight - top
  }

  private func draw(_ sample: Sample, on canvas: inout Canvas, at middle: Point) {
    let (left, right) = (Point(middle.x, middle.y), Point(middle.x + 20, middle.y))
    let centre = Point(middle.x + 10, middle.y)
    switch sample {
    case .line(let stroke):
      var visible = stroke
      visible.opacity = max(stroke.opacity, 0.7)
      canvas.line(left, right, visible)
    case .area(let paint, let opacity):
      canvas.rectangle(
        Box(x: left.x, y: middle.y - 5, width: 20, height: 10), fill: paint, opacity: opacity)
    case .point(let shape, let paint):
      canvas.markers([centre], shape: shape, paint: paint, radius: 3.5)
    case .interval(let shape, let paint):
      canvas.line(left, right, Stroke(paint: paint, width: 1.5))
      canvas.markers([centre], shape: shape, paint: paint, radius: 3.5)
    case .arrow(let stroke):
      canvas.arrow(left, right, stroke)
    }
  }
}

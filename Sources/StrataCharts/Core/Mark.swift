/// One thing drawn in a panel, in the units of its axes.
enum Mark: Sendable {
  /// An open line; cut where it leaves the panel.
  case line([Point], Stroke)
  /// Many thin lines of one kind.
  case lines([[Point]], Stroke)
  /// The area between two lines over the same places.
  case band(x: [Double], lower: [Double], upper: [Double], Paint, opacity: Double)
  /// Bars from zero or elsewhere: left, right, bottom, top.
  case bars([Bar], Paint, opacity: Double)
  case points(
    [Point], shape: MarkerShape, Paint, radius: Double, opacity: Double, titles: [String]?)
  /// A line across the panel at a number of the horizontal axis.
  case vertical(Double, Stroke)
  /// A line across the panel at a number of the vertical axis.
  case horizontal(Double, Stroke)
  case arrow(from: Point, to: Point, Stroke)
  /// Names of points, each put where there is room near its point, or left out.
  ///
  /// Places that lie on few of the `avoiding` segments come first.
  case names([(text: String, at: Point)], avoiding: [(Point, Point)])
  /// Short marks along the lower edge.
  case rug([Double], Stroke)

  struct Bar: Sendable {
    var left: Double
    var right: Double
    var bottom: Double
    var top: Double
    var title: String? = nil
  }
}

/// Where a panel lies and how its numbers become pixels.
struct Frame {
  var plot: Box
  var x: Axis
  var y: Axis

  func pixel(_ p: Point) -> Point {
    Point(plot.x + x.fraction(p.x) * plot.width, plot.maxY - y.fraction(p.y) * plot.height)
  }

  func draw(_ mark: Mark, on canvas: inout Canvas) {
    switch mark {
    case .line(let points, let stroke):
      canvas.lines(plot.clip(drawn(points)), stroke)
    case .lines(let lines, let stroke):
      canvas.lines(lines.flatMap { plot.clip(drawn($0)) }, stroke)
    case .band(let x, let lower, let upper, let paint, let opacity):
      drawBand(x, lower, upper, paint, opacity, on: &canvas)
    case .bars(let bars, let paint, let opacity):
      for bar in bars { draw(bar, paint, opacity, on: &canvas) }
    case .points(let points, let shape, let paint, let radius, let opacity, let titles):
      let kept = points.indices.filter {
        isDrawable(points[$0]) && plot.contains(pixel(points[$0]))
      }
      canvas.markers(
        kept.map { pixel(points[$0]) }, shape: shape, paint: paint, radius: radius,
        opacity: opacity,
        titles: titles.map { titles in kept.map { titles[$0] } })
    case .vertical(let value, let stroke):
      let at = pixel(Point(value, y.lower)).x
      guard value.isDrawable, at >= plot.x - 0.01, at <= plot.maxX + 0.01 else { return }
      canvas.line(Point(at, plot.y), Point(at, plot.maxY), stroke)
    case .horizontal(let value, let stroke):
      let at = pixel(Point(x.lower, value)).y
      guard value.isDrawable, at >= plot.y - 0.01, at <= plot.maxY + 0.01 else { return }
      canvas.line(Point(plot.x, at), Point(plot.maxX, at), stroke)
    case .arrow(let from, let to, let stroke):
      guard isDrawable(from), isDrawable(to) else { return }
      canvas.arrow(pixel(from), pixel(to), stroke, short: 3)
    case .names(let names, let segments):
      place(names, avoiding: segments, on: &canvas)
    case .rug(let values, let stroke):
      let ticks = values.drawable.map { pixel(Point($0, y.lower)).x }.filter {
        $0 >= plot.x && $0 <= plot.maxX
      }
      canvas.lines(ticks.map { [Point($0, plot.maxY), Point($0, plot.maxY - 7)] }, stroke)
    }
  }

  private func isDrawable(_ p: Point) -> Bool {
    p.x.isDrawable && p.y.isDrawable && (x.spacing == .linear || p.x > 0)
      && (y.spacing == .linear || p.y > 0)
  }

  private func draw(_ bar: Mark.Bar, _ paint: Paint, _ opacity: Double, on canvas: inout Canvas) {
    let a = pixel(Point(max(bar.left, x.lower), max(bar.bottom, y.lower)))
    let b = pixel(Point(min(bar.right, x.upper), min(bar.top, y.upper)))
    guard b.x > a.x, a.y > b.y else { return }
    let gap = min(1, (b.x - a.x) * 0.15)
    canvas.rectangle(
      Box(x: a.x + gap / 2, y: b.y, width: b.x - a.x - gap, height: a.y - b.y), fill: paint,
      opacity: opacity, title: bar.title)
  }

  private func drawBand(
    _ x: [Double], _ lower: [Double], _ upper: [Double], _ paint: Paint, _ opacity: Double,
    on canvas: inout Canvas
  ) {
    var above: [Point] = []
    var below: [Point] = []
    for i in x.indices where x[i].isDrawable && lower[i].isDrawable && upper[i].isDrawable {
      guard x[i] >= self.x.lower, x[i] <= self.x.upper else { continue }
      above.append(pixel(Point(x[i], min(max(upper[i], y.lower), y.upper))))
      below.append(pixel(Point(x[i], min(max(lower[i], y.lower), y.upper))))
    }
    guard above.count > 1 else { return }
    canvas.polygon(above + below.reversed(), fill: paint, opacity: opacity)
  }

  /// The line in pixels. Where it goes from left to right and has many points to a pixel, each column of pixels
  /// keeps its first, lowest, highest and last: the picture is the same, the file small.
  private func drawn(_ points: [Point]) -> [Point] {
    let pixels = points.filter(isDrawable).map(pixel)
    guard Double(pixels.count) > 4 * plot.width,
      zip(pixels, pixels.dropFirst()).allSatisfy({ $0.x <= $1.x })
    else { return pixels }
    var result: [Point] = []
    var start = 0
    while start < pixels.count {
      var end = start
      var (low, high) = (start, start)
      let column = pixels[start].x.rounded(.down)
      while end + 1 < pixels.count, pixels[end + 1].x.rounded(.down) == column {
        end += 1
        if pixels[end].y < pixels[low].y { low = end }
        if pixels[end].y > pixels[high].y { high = end }
      }
      for i in Set([start, low, high, end]).sorted() { result.append(pixels[i]) }
      start = end + 1
    }
    return result
  }

  /// Puts each name right, left, above or below its point, where it touches no other text, stays in the panel and lies on
  /// the fewest segments; earlier names go first. A name that would lie on two or more is left out.
  private func place(
    _ names: [(text: String, at: Point)], avoiding segments: [(Point, Point)],
    on canvas: inout Canvas
  ) {
    let size = Type.tick
    var taken = names.filter { isDrawable($0.at) }.map {
      let p = pixel($0.at)
      return Box(x: p.x - 3, y: p.y - 3, width: 6, height: 6)
    }
    let lines = segments.filter { isDrawable($0.0) && isDrawable($0.1) }.map {
      (pixel($0.0), pixel($0.1))
    }
    for (text, at) in names where isDrawable(at) {
      let p = pixel(at)
      guard plot.contains(p) else { continue }
      let shown = TextMetrics.shorten(text, to: plot.width * 0.4, size: size)
      let width = TextMetrics.width(shown, size: size)
      let places: [(Double, Double, Canvas.Anchor)] = [
        (6, 4, .start), (-6, 4, .end), (0, -7, .middle), (0, 15, .middle), (5, -5, .start),
        (5, 13, .start), (-5, -5, .end), (-5, 13, .end),
      ]
      var best: (crossings: Int, box: Box, at: Point, anchor: Canvas.Anchor)? = nil
      for (dx, dy, anchor) in places {
        let before = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
        let box = Box(
          x: p.x + dx - before - 1, y: p.y + dy - size * 0.75 - 1, width: width + 2,
          height: size + 1)
        guard plot.contains(box), !taken.contains(where: { $0.overlaps(box) }) else { continue }
        let crossings = lines.reduce(0) { $0 + (box.clip($1.0, $1.1) == nil ? 0 : 1) }
        if let best, best.crossings <= crossings { continue }
        best = (crossings, box, Point(p.x + dx, p.y + dy), anchor)
      }
      guard let best, best.crossings < 2 else { continue }
      canvas.text(shown, at: best.at, anchor: best.anchor, size: size)
      taken.append(best.box)
    }
  }
}

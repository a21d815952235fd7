/// A picture being drawn: elements of SVG in the order of drawing, and the boxes of all text.
package struct Canvas {
  /// Where text horizontally hangs on its point.
  enum Anchor: String { case start, middle, end }

  /// Text as it was drawn.
  package struct Label: Sendable {
    package var text: String
    package var box: Box
  }

  private(set) var body = ""
  private(set) var labels: [Label] = []

  private func fill(_ paint: Paint) -> String { " class=\"f\(paint.name)\"" }

  private func attributes(_ stroke: Stroke) -> String {
    var text = " class=\"k\(stroke.paint.name)\" fill=\"none\""
    text += " stroke-width=\"\(XML.number(stroke.width))\""
    if !stroke.dash.isEmpty {
      text += " stroke-dasharray=\"\(stroke.dash.map { XML.number($0) }.joined(separator: " "))\""
    }
    if stroke.opacity < 1 { text += " stroke-opacity=\"\(XML.number(stroke.opacity))\"" }
    return text
  }

  private func path(_ points: [Point]) -> String {
    var text = ""
    for (i, point) in points.enumerated() {
      text += i == 0 ? "M" : "L"
      text += XML.number(point.x, decimals: 1) + " " + XML.number(point.y, decimals: 1)
    }
    return text
  }

  // MARK: Shapes

  mutating func rectangle(
    _ box: Box, fill paint: Paint, opacity: Double = 1, corner: Double = 0, title: String? = nil
  ) {
    body += "<rect" + fill(paint) + place(box)
    if opacity < 1 { body += " fill-opacity=\"\(XML.number(opacity))\"" }
    if corner > 0 { body += " rx=\"\(XML.number(corner))\"" }
    close("rect", title)
  }

  mutating func frame(_ box: Box, _ stroke: Stroke, corner: Double = 0) {
    body += "<rect" + attributes(stroke) + place(box)
    if corner > 0 { body += " rx=\"\(XML.number(corner))\"" }
    body += "/>\n"
  }

  mutating func ellipse(_ box: Box, fill paint: Paint, opacity: Double = 1, _ stroke: Stroke) {
    let place =
      " cx=\"\(XML.number(box.midX))\" cy=\"\(XML.number(box.midY))\""
      + " rx=\"\(XML.number(box.width / 2))\" ry=\"\(XML.number(box.height / 2))\""
    body += "<ellipse" + fill(paint) + place
    if opacity < 1 { body += " fill-opacity=\"\(XML.number(opacity))\"" }
    body += "/>\n<ellipse" + attributes(stroke) + place + "/>\n"
  }

  private func place(_ box: Box) -> String {
    " x=\"\(XML.number(box.x))\" y=\"\(XML.number(box.y))\" width=\"\(XML.number(box.width))\""
      + " height=\"\(XML.number(box.height))\""
  }

  private mutating func close(_ element: String, _ title: String?) {
    if let title {
      body += "><title>\(XML.escaped(title))</title></\(element)>\n"
    } else {
      body += "/>\n"
    }
  }

  mutating func line(_ from: Point, _ to: Point, _ stroke: Stroke) { lines([[from, to]], stroke) }

  /// Several open lines as one element.
  mutating func lines(_ pieces: [[Point]], _ stroke: Stroke) {
    let data: String = pieces.filter { $0.count > 1 }.map { path(Simplify.line($0)) }.joined()
    guard !data.isEmpty else { return }
    body += "<path" + attributes(stroke) + " stroke-linejoin=\"round\" d=\"\(data)\"/>\n"
  }

  mutating func polygon(_ points: [Point], fill paint: Paint, opacity: Double = 1) {
    guard points.count > 2 else { return }
    body += "<path" + fill(paint)
    if opacity < 1 { body += " fill-opacity=\"\(XML.number(opacity))\"" }
    body += " d=\"\(path(Simplify.line(points)))Z\"/>\n"
  }

  /// Points of one form; titles, where given, show when the pointer rests on one.
  mutating func markers(
    _ points: [Point], shape: MarkerShape = .circle, paint: Paint, radius: Double = 3,
    opacity: Double = 1, titles: [String]? = nil
  ) {
    guard !points.isEmpty else { return }
    if shape == .circle, titles == nil, points.count > 8 {
      dots(points, paint: paint, radius: radius, opacity: opacity)
      return
    }
    let isOutline = shape == .ring || shape == .cross
    body += "<g"
    if isOutline {
      body += attributes(Stroke(paint: paint, width: max(1, radius * 0.45), opacity: opacity))
    } else {
      body += fill(paint) + (opacity < 1 ? " fill-opacity=\"\(XML.number(opacity))\"" : "")
    }
    body += ">\n"
    for (i, p) in points.enumerated() {
      let element = element(of: shape, at: p, radius: radius)
      body += element.text
      close(element.name, titles?[i])
    }
    body += "</g>\n"
  }

  /// Many circles in few bytes: lines without length, with round ends. They lie in several layers, so that a crowd of
  /// translucent ones is darker than one of them.
  private mutating func dots(_ points: [Point], paint: Paint, radius: Double, opacity: Double) {
    let layers = opacity < 1 ? max(1, min(6, points.count / 20)) : 1
    let stroke = Stroke(paint: paint, width: 2 * radius, opacity: opacity)
    for layer in 0..<layers {
      var data = ""
      for i in stride(from: layer, to: points.count, by: layers) {
        data += "M\(XML.number(points[i].x, decimals: 1)) \(XML.number(points[i].y, decimals: 1))h0"
      }
      body += "<path" + attributes(stroke) + " stroke-linecap=\"round\" d=\"\(data)\"/>\n"
    }
  }

  private func element(
    of shape: MarkerShape, at p: Point, radius r: Double
  ) -> (name: String, text: String) {
    let number = { (x: Double) in XML.number(x) }
    switch shape {
    case .circle, .ring:
      return ("circle", "<circle cx=\"\(number(p.x))\" cy=\"\(number(p.y))\" r=\"\(number(r))\"")
    case .square:
      return (
        "rect",
        "<rect" + place(Box(x: p.x - 0.9 * r, y: p.y - 0.9 * r, width: 1.8 * r, height: 1.8 * r))
      )
    case .diamond:
      let d = "M\(number(p.x)) \(number(p.y - 1.3 * r))l\(number(1.3 * r)) \(number(1.3 * r))"
      return (
        "path",
        "<path d=\"\(d)l\(number(-1.3 * r)) \(number(1.3 * r))l\(number(-1.3 * r)) \(number(-1.3 * r))z\""
      )
    case .triangle:
      let d = "M\(number(p.x)) \(number(p.y - 1.2 * r))l\(number(1.15 * r)) \(number(2 * r))"
      return ("path", "<path d=\"\(d)h\(number(-2.3 * r))z\"")
    case .cross:
      let d = "M\(number(p.x - r)) \(number(p.y - r))l\(number(2 * r)) \(number(2 * r))"
      return ("path", "<path d=\"\(d)m\(number(-2 * r)) 0l\(number(2 * r)) \(number(-2 * r))\"")
    }
  }

  /// A straight arrow whose point is `short` pixels before `end`; nothing where less than a pixel remains.
  mutating func arrow(
    _ from: Point, _ end: Point, _ stroke: Stroke, head: Double = 6, short: Double = 0
  ) {
    let (dx, dy) = (end.x - from.x, end.y - from.y)
    let distance = (dx * dx + dy * dy).squareRoot()
    let length = distance - short
    guard length >= 1 else { return }
    let (ux, uy) = (dx / distance, dy / distance)
    let to = Point(end.x - short * ux, end.y - short * uy)
    let size = min(head, length * 0.6)
    let base = Point(to.x - size * ux, to.y - size * uy)
    line(from, Point(to.x - size * 0.7 * ux, to.y - size * 0.7 * uy), stroke)
    polygon(
      [
        to, Point(base.x - uy * size * 0.42, base.y + ux * size * 0.42),
        Point(base.x + uy * size * 0.42, base.y - ux * size * 0.42),
      ], fill: stroke.paint, opacity: stroke.opacity)
  }

  // MARK: Text

  /// One line of text, shortened to `limit` pixels where it is longer (the whole text is then its title).
  ///
  /// - Parameters:
  ///   - at: the point on the base line that the anchor names.
  ///   - turned: a quarter turn to the left, for the names of vertical axes.
  mutating func text(
    _ text: String, at: Point, anchor: Anchor = .start, size: Double = Type.label,
    bold: Bool = false,
    italic: Bool = false, paint: Paint = .ink, limit: Double = .infinity, turned: Bool = false
  ) {
    let shown = TextMetrics.shorten(text, to: limit, size: size, bold: bold)
    guard !shown.isEmpty else { return }
    body += "<text" + fill(paint) + " x=\"\(XML.number(at.x))\" y=\"\(XML.number(at.y))\""
    body += " font-size=\"\(XML.number(size))\""
    if bold { body += " font-weight=\"700\"" }
    if italic { body += " font-style=\"italic\"" }
    if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
    if turned { body += " transform=\"rotate(-90 \(XML.number(at.x)) \(XML.number(at.y)))\"" }
    body += ">"
    if shown != text { body += "<title>\(XML.escaped(text))</title>" }
    body += Self.spans(shown, size: size) + "</text>\n"
    let width = TextMetrics.width(shown, size: size, bold: bold)
    labels.append(Label(text: shown, box: Self.box(at, width, size, anchor, turned)))
  }

  /// Text with raised characters as small raised digits, which fonts set better than they draw the characters.
  private static func spans(_ text: String, size: Double) -> String {
    guard text.contains(where: { TextMetrics.raised[$0] != nil }) else { return XML.escaped(text) }
    var result = ""
    var run = ""
    var isRaised = false
    let rise = size * 0.36
    func finish() {
      guard !run.isEmpty else { return }
      if isRaised {
        result +=
          "<tspan dy=\"\(XML.number(-rise))\" font-size=\"\(XML.number(size * TextMetrics.raisedSize))\">"
        result += XML.escaped(run) + "</tspan>"
      } else if result.isEmpty {
        result += XML.escaped(run)
      } else {
        result += "<tspan dy=\"\(XML.number(rise))\">\(XML.escaped(run))</tspan>"
      }
      run = ""
    }
    for character in text {
      let plain = TextMetrics.raised[character]
      if (plain != nil) != isRaised {
        finish()
        isRaised = plain != nil
      }
      run.append(plain ?? character)
    }
    finish()
    return result
  }

  /// The room that text takes: from the top of capitals to the foot of descenders.
  private static func box(
    _ at: Point, _ width: Double, _ size: Double, _ anchor: Anchor, _ turned: Bool
  ) -> Box {
    let before = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
    let (up, down) = (size * 0.75, size * 0.22)
    if turned {
      return Box(x: at.x - up, y: at.y - (width - before), width: up + down, height: width)
    }
    return Box(x: at.x - before, y: at.y - up, width: width, height: up + down)
  }

  /// Elements that belong together, with a title for the pointer and for screen readers.
  mutating func group(title: String, _ draw: (inout Canvas) -> Void) {
    body += "<g><title>\(XML.escaped(title))</title>\n"
    draw(&self)
    body += "</g>\n"
  }
}

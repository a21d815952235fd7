/// A place in the picture, in pixels from its upper left corner.
package struct Point: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// An upright rectangle in pixels.
package struct Box: Sendable, Equatable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var maxX: Double { x + width }
  package var maxY: Double { y + height }
  package var midX: Double { x + width / 2 }
  package var midY: Double { y + height / 2 }

  /// Whether the two share more than an edge: by more than `slack` in both directions.
  package func overlaps(_ other: Box, slack: Double = 0) -> Bool {
    min(maxX, other.maxX) - max(x, other.x) > slack
      && min(maxY, other.maxY) - max(y, other.y) > slack
  }

  package func contains(_ other: Box, slack: Double = 0) -> Bool {
    other.x >= x - slack && other.y >= y - slack && other.maxX <= maxX + slack
      && other.maxY <= maxY + slack
  }

  func contains(_ point: Point) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }

  func inset(_ by: Double) -> Box {
    Box(x: x + by, y: y + by, width: max(0, width - 2 * by), height: max(0, height - 2 * by))
  }

  /// The part of the segment inside, after Liang and Barsky; nil where it misses the box.
  func clip(_ from: Point, _ to: Point) -> (Point, Point)? {
    let dx = to.x - from.x
    let dy = to.y - from.y
    var enter = 0.0
    var leave = 1.0
    for (p, q) in [(-dx, from.x - x), (dx, maxX - from.x), (-dy, from.y - y), (dy, maxY - from.y)] {
      if p == 0 {
        if q < 0 { return nil }
      } else if p < 0 {
        enter = max(enter, q / p)
      } else {
        leave = min(leave, q / p)
      }
    }
    guard enter <= leave else { return nil }
    return (
      Point(from.x + enter * dx, from.y + enter * dy),
      Point(from.x + leave * dx, from.y + leave * dy)
    )
  }

  /// The pieces of an open line that lie inside.
  func clip(_ line: [Point]) -> [[Point]] {
    if line.allSatisfy(contains) { return line.count > 1 ? [line] : [] }
    var pieces: [[Point]] = []
    var piece: [Point] = []
    for i in line.indices.dropLast() {
      guard let (a, b) = clip(line[i], line[i + 1]) else { continue }
      if piece.last != a {
        if piece.count > 1 { pieces.append(piece) }
        piece = [a]
      }
      piece.append(b)
    }
    if piece.count > 1 { pieces.append(piece) }
    return pieces
  }
}

/// Lines with fewer corners that look the same.
enum Simplify {
  /// Corners of a line such that none left out lies further than `tolerance` pixels from it; first and last stay.
  ///
  /// A sector of directions is narrowed as long as one straight line can pass all corners so far at that distance; where
  /// none can, a new line begins. One pass.
  static func line(_ points: [Point], tolerance: Double = 0.1) -> [Point] {
    guard points.count > 8, let first = points.first, let last = points.last else { return points }
    var result = [first]
    var anchor = first
    var before = first
    var sector: (low: Double, high: Double)?
    var reach = 0.0
    for point in points.dropFirst() {
      let (dx, dy) = (point.x - anchor.x, point.y - anchor.y)
      let distance = (dx * dx + dy * dy).squareRoot()
      var isInside = true
      if distance > tolerance {
        let direction = Maths.arctangent(dy, dx)
        let half = Maths.arcsine(tolerance / distance)
        if let known = sector {
          var turn = direction - known.low
          turn -= (turn / (2 * .pi)).rounded() * 2 * .pi
          let low = known.low + turn - half
          let high = known.low + turn + half
          let narrowed = (low: max(low, known.low), high: min(high, known.high))
          // Turning back would leave the furthest point out.
          isInside =
            narrowed.low <= narrowed.high && turn >= 0
            && known.low + turn <= known.high && distance >= reach - tolerance
          if isInside { sector = narrowed }
        } else {
          sector = (direction - half, direction + half)
        }
        reach = max(reach, distance)
      } else if reach > 2 * tolerance {
        isInside = false
      }
      if !isInside {
        result.append(before)
        anchor = before
        let (dx, dy) = (point.x - anchor.x, point.y - anchor.y)
        let distance = (dx * dx + dy * dy).squareRoot()
        reach = distance
        sector = nil
        if distance > tolerance {
          let direction = Maths.arctangent(dy, dx)
          let half = Maths.arcsine(tolerance / distance)
          sector = (direction - half, direction + half)
        }
      }
      before = point
    }
    result.append(last)
    return result
  }
}

/// One plot of a picture: two axes and what is drawn between them.
struct Panel: Sendable {
  var title = ""
  var x: Axis
  var y: Axis
  var marks: [Mark] = []
}

/// Panels in a grid with a heading, a legend and notes.
struct Figure: Sendable {
  var title: String
  var summary: String
  var legend = Legend()
  var panels: [Panel] = []
  /// Height of the area between the axes.
  var plotHeight = 220.0
  /// Panels are no narrower than this; fewer stand side by side where there is no room.
  var minimumPlotWidth = 200.0
  var maximumColumns = 4
  /// All panels have the same axis, so marks stand only at the edge of the grid and its name stands once.
  var sharesX = false
  var sharesY = false
  var notes: [String] = []
  /// Said in place of panels when there is nothing to draw.
  var emptyText = "Nothing to draw: no finite values."

  static let padding = 14.0

  /// A width that can be drawn in.
  static func width(_ requested: Double) -> Double {
    max(240, min(requested.isNaN ? 720 : requested, 4000)).rounded()
  }

  func drawing(width: Double) -> Drawing {
    if panels.isEmpty {
      return drawing(width: width, head: false) { canvas, left, top, width in
        var y = top
        for line in TextMetrics.wrap(emptyText, to: width, size: Type.label) {
          canvas.text(line, at: Point(left, y + 22), paint: .quiet)
          y += Type.label * TextMetrics.lineHeight
        }
        return y + 30
      }
    }
    var figure = self
    if panels.count == 1 { figure.plotHeight *= max(0.9, min(Self.width(width) / 900, 1.45)) }
    return drawing(width: width) { canvas, left, top, width in
      PanelGrid(figure: figure, left: left, top: top, width: width).draw(on: &canvas)
    }
  }

  /// Heading, legend, what `content` draws between, and notes.
  ///
  /// - Parameter content: draws from the top that it is given on, and returns its lower edge.
  func drawing(
    width requested: Double, head: Bool = true,
    content: (_ canvas: inout Canvas, _ left: Double, _ top: Double, _ width: Double) -> Double
  ) -> Drawing {
    let width = Self.width(requested)
    var canvas = Canvas()
    let inner = width - 2 * Self.padding
    var y = Self.padding
    for line in TextMetrics.wrap(title, to: inner, size: Type.title, bold: true, lines: 3) {
      canvas.text(
        line, at: Point(Self.padding, y + Type.title * 0.8), size: Type.title, bold: true)
      y += Type.title * TextMetrics.lineHeight
    }
    if !title.isEmpty { y += 4 }
    if head {
      let height = legend.draw(on: &canvas, left: Self.padding, top: y, width: inner)
      y += height > 0 ? height + 8 : 0
    }
    y = content(&canvas, Self.padding, y, inner)
    y = drawNotes(on: &canvas, top: y, width: inner)
    return Drawing(
      title: title, summary: summary, width: width, height: y + Self.padding, canvas: canvas)
  }

  private func drawNotes(on canvas: inout Canvas, top: Double, width: Double) -> Double {
    var y = top
    for note in notes where !note.isEmpty {
      if y == top { y += 4 }
      for line in TextMetrics.wrap(note, to: width, size: Type.note) {
        y += Type.note * TextMetrics.lineHeight
        canvas.text(line, at: Point(Self.padding, y - 3), size: Type.note, paint: .quiet)
      }
    }
    return y
  }

  /// The note on numbers left out; nil for none.
  static func leftOut(_ count: Int, of noun: String = "value") -> String? {
    if count == 0 { return nil }
    return "\(NumberText.count(count, noun)) left out: not finite, or beyond 10³⁰⁰."
  }
}

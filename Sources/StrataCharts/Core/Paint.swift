/// What something is drawn in: a name that the style sheet gives a colour in each theme.
enum Paint: Sendable, Hashable {
  /// Text, observed data.
  case ink
  /// Axes, notes.
  case quiet
  /// Lines of the grid, frames.
  case faint
  /// The ground, and text on strong colours.
  case paper
  /// A colour of the palette; the seventh is grey, and then they repeat.
  case series(Int)

  /// The end of the names of its classes: `f…` fills, `k…` strokes.
  var name: String {
    switch self {
    case .ink: "i"
    case .quiet: "q"
    case .faint: "g"
    case .paper: "p"
    case .series(let i): String(((i % 7) + 7) % 7)
    }
  }
}

/// How a line is drawn.
struct Stroke: Sendable {
  var paint: Paint
  var width = 1.5
  /// Lengths of strokes and gaps; empty for a solid line.
  var dash: [Double] = []
  var opacity = 1.0

  /// Solid, dashed, dotted…: lines that also differ without colour.
  static func series(_ i: Int, width: Double = 1.8) -> Stroke {
    let dashes: [[Double]] = [
      [], [7, 3], [2, 2.5], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2, 1, 2], [],
    ]
    return Stroke(paint: .series(i), width: width, dash: dashes[i % 7])
  }

  /// A line that data are held against.
  static let reference = Stroke(paint: .ink, width: 1.2, dash: [5, 3])
}

/// The form of a point: the second difference besides colour.
enum MarkerShape: Sendable {
  case circle, square, diamond, triangle, ring, cross

  static func series(_ i: Int) -> MarkerShape {
    [.circle, .square, .diamond, .triangle, .ring, .circle, .square][i % 7]
  }
}

/// Colours and type of all pictures, as CSS: custom properties for the themes, classes that use them.
///
/// The palette is that of Okabe and Ito, made for all forms of colour vision, in an order in which neighbours
/// differ in lightness, too; the dark theme has lighter cousins of the same hues. Each class states the light
/// colour before the property, for programs that don't know custom properties.
enum StyleSheet {
  private static let names = ["i", "q", "g", "p", "0", "1", "2", "3", "4", "5", "6"]
  private static let light = [
    "#1b2026", "#59636e", "#e3e7eb", "#ffffff", "#0072b2", "#d55e00", "#009e73", "#b8578f",
    "#e69f00",
    "#56b4e9", "#7a838c",
  ]
  private static let dark = [
    "#e8ebee", "#a0a9b2", "#2f363d", "#14181c", "#56b4e9", "#f58b4c", "#2fc79b", "#e6a0c8",
    "#f2c14e",
    "#9cc8ff", "#98a1ab",
  ]

  /// The style sheet; the same for every picture, so that a page with many of them needs it once.
  static let text: String = {
    let properties = { (colours: [String]) in
      zip(names, colours).map { "--sc-\($0):\($1)" }.joined(separator: ";")
    }
    var css = ".sc{\(properties(light))}\n"
    css += "@media (prefers-color-scheme:dark){.sc{\(properties(dark))}}\n"
    css += "@media print{.sc{\(properties(light))}}\n"
    css += ".sc text{font-family:\(TextMetrics.fontFamily);white-space:pre}\n"
    for (name, colour) in zip(names, light) {
      css += ".sc .f\(name){fill:\(colour);fill:var(--sc-\(name))}"
      css += ".sc .k\(name){stroke:\(colour);stroke:var(--sc-\(name))}\n"
    }
    return css
  }()
}

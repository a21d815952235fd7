/// A picture as a value: data and labels in, SVG text out.
///
/// The same value gives the same bytes. Numbers that can't be drawn (not finite, or beyond 10³⁰⁰) are left
/// out, and a line under the picture says how many.
public protocol Chart: Sendable {
  /// The heading; empty for none.
  var title: String { get }
  /// What the picture shows, for people who can't see it.
  var summary: String { get }
  /// The picture at a width in pixels: what doesn't fit is arranged anew, not made smaller.
  func drawing(width: Double) -> Drawing
}

extension Chart {
  /// The picture as a file of its own, in the colours of the reader's theme.
  ///
  /// - Parameter width: in pixels, from 240 on.
  public func svg(width: Double = 720) -> String { drawing(width: width).svg() }
}

/// A picture laid out at a certain width.
public struct Drawing: Sendable {
  /// The heading, also the accessible name.
  public let title: String
  /// What the picture shows.
  public let summary: String
  /// In pixels.
  public let width: Double
  /// In pixels.
  public let height: Double
  /// The elements.
  let body: String
  /// All text with the room it takes.
  package let labels: [Canvas.Label]

  init(title: String, summary: String, width: Double, height: Double, canvas: Canvas) {
    self.title = title
    self.summary = summary
    self.width = width
    self.height = height.rounded(.up)
    body = canvas.body
    labels = canvas.labels
  }

  /// SVG text.
  ///
  /// - Parameter hasStyle: without the style sheet for pages that have it already, as ``Report`` does.
  public func svg(hasStyle: Bool = true) -> String {
    let size = "\(XML.number(width)) \(XML.number(height))"
    var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sc\" viewBox=\"0 0 \(size)\""
    text += " width=\"\(XML.number(width))\" height=\"\(XML.number(height))\" role=\"img\">\n"
    text += "<title>\(XML.escaped(title.isEmpty ? summary : title))</title>\n"
    text += "<desc>\(XML.escaped(summary))</desc>\n"
    if hasStyle { text += "<style>\n\(StyleSheet.text)</style>\n" }
    text += "<rect class=\"fp\" width=\"100%\" height=\"100%\"/>\n"
    return text + body + "</svg>\n"
  }
}

/// Blocks of text as a picture: what a plan does, step by step.
public struct ListingPicture: Chart {
  /// One block.
  public struct Block: Sendable {
    /// Its heading.
    public var heading: String
    /// Its paragraphs.
    public var lines: [String]
    /// Which of the palette's colours its edge has; equal numbers belong together.
    public var kind: Int

    /// A block.
    public init(_ heading: String, lines: [String], kind: Int = 0) {
      self.heading = heading
      self.lines = lines
      self.kind = kind
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The blocks, from the top.
  public var blocks: [Block]

  /// A listing.
  public init(title: String = "", blocks: [Block]) {
    self.title = title
    self.blocks = blocks
  }

  /// What the picture shows, in words.
  public var summary: String {
    "A list: \(blocks.map(\.heading).filter { !$0.isEmpty }.joined(separator: "; "))."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    figure.emptyText = "Nothing to list."
    guard !blocks.isEmpty else { return figure.drawing(width: width) }
    return figure.drawing(width: width) { canvas, left, top, width in
      var y = top + 2
      for block in blocks { y = draw(block, on: &canvas, left: left, top: y, width: width) + 8 }
      return y - 8
    }
  }

  private func draw(
    _ block: Block, on canvas: inout Canvas, left: Double, top: Double, width: Double
  ) -> Double {
    let inner = width - 28
    let heading = TextMetrics.wrap(block.heading, to: inner, size: 13, bold: true)
    let lines = block.lines.map { TextMetrics.wrap($0, to: inner, size: Type.label) }
    let rows = lines.reduce(0) { $0 + max($1.count, 1) }
    let height =
      14 + Double(heading.count) * 18 + Double(rows) * 16.5 + Double(max(lines.count - 1, 0)) * 3
    let box = Box(x: left, y: top, width: width, height: height)
    canvas.rectangle(box, fill: .faint, opacity: 0.4, corner: 4)
    canvas.rectangle(
      Box(x: left, y: top, width: 4, height: height), fill: .series(block.kind), corner: 2)
    var y = top + 7
    for line in heading {
      canvas.text(line, at: Point(left + 16, y + 13), size: 13, bold: true)
      y += 18
    }
    for (i, wrapped) in lines.enumerated() {
      if i > 0 { y += 3 }
      for line in wrapped {
        canvas.text(line, at: Point(left + 16, y + 12))
        y += 16.5
      }
      if wrapped.isEmpty { y += 16.5 }
    }
    return box.maxY
  }
}

/// Places the nodes and plates of a model diagram: each plate is laid out by itself and is one item of what is around it.
struct DiagramLayout {
  private struct Frame {
    var label: String
    var box: Box
  }

  private let diagram: ModelDiagram
  private var nodeBoxes: [Box]
  private var frames: [Frame] = []
  private var bends: [String: [Point]] = [:]
  private var size = (width: 0.0, height: 0.0)
  /// Sizes of type and gaps as a multiple of the usual ones.
  private let scale: Double

  /// The usual sizes where the diagram fits; else smaller ones down to 0.75, then layers are broken.
  init(_ diagram: ModelDiagram, width: Double) {
    self.init(diagram, scale: 1, limit: .infinity)
    if size.width > width {
      let smaller = max(0.75, width / size.width)
      self.init(diagram, scale: smaller, limit: .infinity)
      var limit = width
      for _ in 0..<12 where size.width > width {
        self.init(diagram, scale: smaller, limit: limit)
        limit *= 0.85
      }
    }
  }

  private init(_ diagram: ModelDiagram, scale: Double, limit: Double) {
    self.diagram = diagram
    self.scale = scale
    nodeBoxes = diagram.nodes.map { node in
      let width = max(
        TextMetrics.width(node.label, size: Type.label * scale, bold: true),
        TextMetrics.width(node.detail, size: 10.5 * scale))
      let room = node.kind == .parameter || node.kind == .observed ? 30.0 : 20
      return Box(
        x: 0, y: 0, width: min(max(width + room * scale, 58 * scale), max(limit, 60)),
        height: (node.detail.isEmpty ? 32 : 42) * scale)
    }
    size = layOut(nil, limit: limit)
  }

  /// Lays out what lies directly in a plate (or in none), and returns its size; places are relative to its corner.
  private mutating func layOut(_ plate: String?, limit: Double) -> (width: Double, height: Double) {
    let nodes = diagram.nodes.indices.filter { diagram.place(of: diagram.nodes[$0]) == plate }
    let inner = diagram.plates.indices.filter {
      diagram.place(of: diagram.plates[$0]) == plate
        && diagram.plates.firstIndex { [id = diagram.plates[$0].id] in $0.id == id } == $0
    }
    var item: [Int: Int] = [:]
    for (k, i) in nodes.enumerated() { item[i] = k }
    var sizes = nodes.map { (nodeBoxes[$0].width, nodeBoxes[$0].height) }
    var members: [[Int]] = nodes.map { [$0] }
    var frameRanges: [Range<Int>] = []
    for p in inner {
      let start = frames.count
      let before = Set(placedBefore)
      let content = layOut(diagram.plates[p].id, limit: limit - 28 * scale)
      let inside = placedBefore.filter { !before.contains($0) }
      let label = TextMetrics.width(diagram.plates[p].label, size: Type.tick * scale)
      let width = max(content.width, label) + 28 * scale
      let height = content.height + 40 * scale
      move(inside, frames: start..<frames.count, by: Point((width - content.width) / 2, 14 * scale))
      frames.append(
        Frame(label: diagram.plates[p].label, box: Box(x: 0, y: 0, width: width, height: height)))
      for i in inside { item[i] = sizes.count }
      sizes.append((width, height))
      members.append(inside)
      frameRanges.append(start..<frames.count)
    }
    placedBefore += nodes
    let edges = diagram.edges.compactMap { edge -> (LayerPlacement.Edge, String)? in
      guard let from = index(edge.from).flatMap({ item[$0] }),
        let to = index(edge.to).flatMap({ item[$0] }), from != to
      else { return nil }
      return (LayerPlacement.Edge(from: from, to: to), edge.from + "\u{1}" + edge.to)
    }
    let placement = LayerPlacement(
      sizes: sizes.map { (width: $0.0, height: $0.1) }, edges: edges.map(\.0), gap: 20 * scale,
      limit: limit)
    for (edge, key) in edges { bends[key] = placement.bends[edge] }
    for (k, member) in members.enumerated() {
      let corner = Point(placement.x[k] - sizes[k].0 / 2, placement.y[k])
      move(member, frames: k >= nodes.count ? frameRanges[k - nodes.count] : 0..<0, by: corner)
    }
    return (placement.width, placement.height)
  }

  /// Nodes that have been placed so far.
  private var placedBefore: [Int] = []

  private func index(_ id: String) -> Int? { diagram.nodes.firstIndex { $0.id == id } }

  private mutating func move(_ nodes: [Int], frames range: Range<Int>, by d: Point) {
    for i in nodes {
      nodeBoxes[i].x += d.x
      nodeBoxes[i].y += d.y
    }
    for i in range {
      frames[i].box.x += d.x
      frames[i].box.y += d.y
    }
    let ids = Set(nodes.map { diagram.nodes[$0].id })
    for (key, points) in bends {
      let ends = key.split(separator: "\u{1}").map(String.init)
      guard ends.count == 2, ids.contains(ends[0]), ids.contains(ends[1]) else { continue }
      bends[key] = points.map { Point($0.x + d.x, $0.y + d.y) }
    }
  }

  // MARK: Drawing

  func draw(on canvas: inout Canvas, left: Double, top: Double, width: Double) -> Double {
    let dx = left + max((width - size.width) / 2, 0)
    let dy = top + 4
    let shift = { (box: Box) in
      Box(x: box.x + dx, y: box.y + dy, width: box.width, height: box.height)
    }
    for frame in frames.reversed() {
      let box = shift(frame.box)
      canvas.rectangle(box, fill: .faint, opacity: 0.3, corner: 8)
      canvas.frame(box, Stroke(paint: .quiet, width: 1), corner: 8)
      canvas.text(
        frame.label, at: Point(box.maxX - 9 * scale, box.maxY - 8 * scale), anchor: .end,
        size: Type.tick * scale, paint: .quiet, limit: box.width - 16 * scale)
    }
    for edge in diagram.edges {
      guard let from = index(edge.from), let to = index(edge.to), from != to else { continue }
      let between = (bends[edge.from + "\u{1}" + edge.to] ?? []).map { Point($0.x + dx, $0.y + dy) }
      drawEdge(
        shift(nodeBoxes[from]), diagram.nodes[from].kind, between, shift(nodeBoxes[to]),
        diagram.nodes[to].kind, on: &canvas)
    }
    for (node, box) in zip(diagram.nodes, nodeBoxes) { draw(node, shift(box), on: &canvas) }
    return dy + size.height + 4
  }

  private func drawEdge(
    _ from: Box, _ fromKind: ModelDiagram.Kind, _ between: [Point], _ to: Box,
    _ toKind: ModelDiagram.Kind, on canvas: inout Canvas
  ) {
    let stroke = Stroke(paint: .quiet, width: 1.2)
    let first = between.first ?? Point(to.midX, to.midY)
    let last = between.last ?? Point(from.midX, from.midY)
    let start = edge(of: from, fromKind, toward: first)
    let end = edge(of: to, toKind, toward: last)
    if !between.isEmpty { canvas.lines([[start] + between], stroke) }
    canvas.arrow(between.last ?? start, end, stroke, head: 7 * scale)
  }

  /// Where the line from the middle of a node toward a point leaves it.
  private func edge(of box: Box, _ kind: ModelDiagram.Kind, toward p: Point) -> Point {
    let (dx, dy) = (p.x - box.midX, p.y - box.midY)
    let (a, b) = (box.width / 2, box.height / 2)
    let t: Double
    if kind == .parameter || kind == .observed {
      t = ((dx / a) * (dx / a) + (dy / b) * (dy / b)).squareRoot()
    } else {
      t = max(dx.magnitude / a, dy.magnitude / b)
    }
    guard t > 1 else { return p }
    return Point(box.midX + dx / t, box.midY + dy / t)
  }

  private func draw(_ node: ModelDiagram.Node, _ box: Box, on canvas: inout Canvas) {
    let stroke = Stroke(paint: .ink, width: 1.2)
    switch node.kind {
    case .parameter: canvas.ellipse(box, fill: .paper, stroke)
    case .observed:
      canvas.ellipse(box, fill: .paper, stroke)
      canvas.ellipse(box, fill: .quiet, opacity: 0.3, stroke)
    case .computed:
      canvas.rectangle(box, fill: .paper, corner: 3)
      canvas.frame(box, Stroke(paint: .ink, width: 1, dash: [4, 2]), corner: 3)
    case .data:
      canvas.rectangle(box, fill: .paper, corner: 3)
      canvas.rectangle(box, fill: .quiet, opacity: 0.3, corner: 3)
      canvas.frame(box, stroke, corner: 3)
    }
    let middle = box.midY + (node.detail.isEmpty ? 4 : -2) * scale
    canvas.text(
      node.label, at: Point(box.midX, middle), anchor: .middle, size: Type.label * scale, bold: true,
      limit: box.width - 8)
    canvas.text(
      node.detail, at: Point(box.midX, middle + 13.5 * scale), anchor: .middle, size: 10.5 * scale,
      paint: .quiet, limit: box.width - 8)
  }
}

/// Places the nodes and plates of a model diagram: each plate is laid out by itself and is one item of what is around it.
struct DiagramLayout {
  /// An edge's part within a container: toward the target, from the source, or between two of its items.
  private enum Way { case inward, outward, within }

  private struct Frame {
    var label: String
    var box: Box
  }

  private let diagram: ModelDiagram
  private var nodeBoxes: [Box]
  /// Where the nodes lay when the diagram was laid out before.
  private let before: [Box]
  private var frames: [Frame] = []
  /// Where edges bend: for each edge and container that it passes, in the order of layout, from the inside outward.
  private var bends: [(edge: Int, way: Way, points: [Point])] = []
  private var size = (width: 0.0, height: 0.0)
  /// Sizes of type and gaps as a multiple of the usual ones.
  private let scale: Double

  /// The usual sizes where the diagram fits; else smaller ones down to 0.75, then layers are broken, then it is as small as it
  /// must be.
  init(_ diagram: ModelDiagram, width: Double) {
    self.init(diagram, scale: 1, limit: .infinity)
    guard size.width > width else { return }
    let smaller = max(0.75, width / size.width)
    var best = (width: size.width * smaller, limit: Double.infinity)
    for limit in [width, 0.7 * width, 0.5 * width] where best.width > width {
      let broken = DiagramLayout(diagram, scale: smaller, limit: limit)
      if broken.size.width < best.width { best = (broken.size.width, limit) }
    }
    let fitting = min(1, width / best.width)
    self.init(diagram, scale: smaller * fitting, limit: best.limit * fitting)
  }

  /// Laid out three times: from the second time on, it is known from which side edges come into a plate.
  private init(_ diagram: ModelDiagram, scale: Double, limit: Double) {
    self.init(diagram, scale: scale, limit: limit, before: [])
    for _ in 0..<2 { self.init(diagram, scale: scale, limit: limit, before: nodeBoxes) }
  }

  private init(_ diagram: ModelDiagram, scale: Double, limit: Double, before: [Box]) {
    self.before = before
    self.diagram = diagram
    self.scale = scale
    nodeBoxes = diagram.nodes.map { node in
      let width = max(
        TextMetrics.width(node.label, size: Type.label * scale, bold: true),
        TextMetrics.width(node.detail, size: 10.5 * scale))
      let room = node.kind == .parameter || node.kind == .observed ? 30.0 : 20
      return Box(
        x: 0, y: 0, width: min(max(width + room * scale, 58 * scale), 210 * scale),
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
    var members = nodes.map { Members(nodes: [$0]) }
    for p in inner {
      let start = (frames: frames.count, bends: bends.count)
      let earlier = Set(placedBefore)
      let content = layOut(diagram.plates[p].id, limit: limit - 28 * scale)
      let inside = placedBefore.filter { !earlier.contains($0) }
      let label = TextMetrics.width(diagram.plates[p].label, size: Type.tick * scale)
      // Beside the edges that leave there is room for the name.
      let room = leaving(inside).map { content.width - nodeBoxes[$0].midX + 14 * scale }.min()
      let more = max(0, label + 15 * scale - (room ?? .infinity))
      let width = max(content.width + 28 * scale + 2 * more, label + 28 * scale)
      let height = content.height + 40 * scale
      let group = Members(
        nodes: inside, frames: start.frames..<frames.count, bends: start.bends..<bends.count)
      move(group, by: Point((width - content.width) / 2, 14 * scale))
      frames.append(
        Frame(label: diagram.plates[p].label, box: Box(x: 0, y: 0, width: width, height: height)))
      for i in inside { item[i] = sizes.count }
      sizes.append((width, height))
      members.append(
        Members(nodes: inside, frames: start.frames..<frames.count, bends: group.bends))
    }
    placedBefore += nodes
    var edges: [(edge: Int, LayerPlacement.Edge)] = []
    var ports: [(edge: Int, LayerPlacement.Port)] = []
    for (e, edge) in diagram.edges.enumerated() {
      guard let from = index(edge.from), let to = index(edge.to) else { continue }
      switch (item[from], item[to]) {
      case (let from?, let to?) where from != to: edges.append((e, .init(from: from, to: to)))
      case (nil, let to?):
        ports.append((e, .init(item: to, isAbove: true, side: side(of: from, item.keys))))
      case (let from?, nil):
        ports.append((e, .init(item: from, isAbove: false, side: side(of: to, item.keys))))
      default: break
      }
    }
    let placement = LayerPlacement(
      sizes: sizes.map { (width: $0.0, height: $0.1) }, edges: edges.map(\.1),
      ports: ports.map(\.1), gap: 20 * scale, limit: limit)
    for (k, member) in members.enumerated() {
      move(member, by: Point(placement.x[k] - sizes[k].0 / 2, placement.y[k]))
    }
    for (e, edge) in edges { bends.append((e, .within, placement.bends[edge] ?? [])) }
    for ((e, port), points) in zip(ports, placement.portBends) {
      bends.append((e, port.isAbove ? .inward : .outward, points))
    }
    return (placement.width, placement.height)
  }

  /// Those of some nodes that others need.
  private func leaving(_ nodes: [Int]) -> [Int] {
    nodes.filter { node in
      diagram.edges.contains { edge in
        edge.from == diagram.nodes[node].id && index(edge.to).map { !nodes.contains($0) } == true
      }
    }
  }

  /// All that moves with an item.
  private struct Members {
    var nodes: [Int]
    var frames = 0..<0
    var bends = 0..<0
  }

  /// Where a node lay before beside others: 0 at their left edge, 1 at their right.
  private func side(of node: Int, _ others: some Sequence<Int>) -> Double? {
    guard !before.isEmpty else { return nil }
    let left = others.map { before[$0].x }.min() ?? 0
    let right = others.map { before[$0].maxX }.max() ?? 0
    return right > left ? (before[node].midX - left) / (right - left) : nil
  }

  /// Nodes that have been placed so far.
  private var placedBefore: [Int] = []

  private func index(_ id: String) -> Int? { diagram.nodes.firstIndex { $0.id == id } }

  private mutating func move(_ members: Members, by d: Point) {
    for i in members.nodes {
      nodeBoxes[i].x += d.x
      nodeBoxes[i].y += d.y
    }
    for i in members.frames {
      frames[i].box.x += d.x
      frames[i].box.y += d.y
    }
    for i in members.bends {
      bends[i].points = bends[i].points.map { Point($0.x + d.x, $0.y + d.y) }
    }
  }

  /// The places at which an edge bends, from its source to its target.
  private func line(of edge: Int) -> [Point] {
    let parts = bends.filter { $0.edge == edge }
    let points = { (way: Way) in parts.filter { $0.way == way }.map(\.points) }
    return Array(
      (points(.outward) + points(.within) + points(.inward).reversed()).joined())
  }

  // MARK: Drawing

  func draw(on canvas: inout Canvas, left: Double, top: Double, width: Double) -> Double {
    let dx = left + max((width - size.width) / 2, 0)
    let dy = top + 4
    let shift = { (box: Box) in
      Box(x: box.x + dx, y: box.y + dy, width: box.width, height: box.height)
    }
    for frame in frames.reversed() {
      canvas.rectangle(shift(frame.box), fill: .faint, opacity: 0.3, corner: 8)
      canvas.frame(shift(frame.box), Stroke(paint: .quiet, width: 1), corner: 8)
    }
    var lines: [[Point]] = []
    for (e, edge) in diagram.edges.enumerated() {
      guard let from = index(edge.from), let to = index(edge.to), from != to else { continue }
      let between = line(of: e).map { Point($0.x + dx, $0.y + dy) }
      lines.append(
        drawEdge(
          shift(nodeBoxes[from]), diagram.nodes[from].kind, between, shift(nodeBoxes[to]),
          diagram.nodes[to].kind, on: &canvas))
    }
    for frame in frames { drawName(of: frame, shift(frame.box), avoiding: lines, on: &canvas) }
    for (node, box) in zip(diagram.nodes, nodeBoxes) { draw(node, shift(box), on: &canvas) }
    return dy + size.height + 4
  }

  /// Puts a plate's name into a corner of its lower edge, or where along it fewer lines cross.
  private func drawName(
    of frame: Frame, _ box: Box, avoiding lines: [[Point]], on canvas: inout Canvas
  ) {
    let size = Type.tick * scale
    let width = TextMetrics.width(frame.label, size: size)
    let crossings = { (x: Double) in
      let room = Box(x: x - 2, y: box.maxY - 20 * scale, width: width + 4, height: 18 * scale)
      return lines.reduce(0) { $0 + room.clip($1).count }
    }
    let (left, right) = (box.x + 9 * scale, box.maxX - 9 * scale - width)
    let places = [right, left] + stride(from: right, to: left, by: -3)
    let x = places.min { crossings($0) < crossings($1) } ?? right
    canvas.rectangle(
      Box(x: x - 2, y: box.maxY - 18 * scale, width: width + 4, height: 14 * scale), fill: .paper,
      opacity: 0.75, corner: 3)
    canvas.text(
      frame.label, at: Point(x, box.maxY - 8 * scale), size: size, paint: .quiet,
      limit: box.width - 12 * scale)
  }

  private func drawEdge(
    _ from: Box, _ fromKind: ModelDiagram.Kind, _ between: [Point], _ to: Box,
    _ toKind: ModelDiagram.Kind, on canvas: inout Canvas
  ) -> [Point] {
    let stroke = Stroke(paint: .quiet, width: 1.2)
    let first = between.first ?? Point(to.midX, to.midY)
    let last = between.last ?? Point(from.midX, from.midY)
    let start = edge(of: from, fromKind, toward: first)
    let end = edge(of: to, toKind, toward: last)
    let line = rounded([start] + between + [end])
    if line.count > 2 { canvas.lines([Array(line.dropLast())], stroke) }
    canvas.arrow(line[line.count - 2], end, stroke, head: 7 * scale)
    return line
  }

  /// A line with its corners rounded.
  private func rounded(_ points: [Point]) -> [Point] {
    guard points.count > 2, let first = points.first, let last = points.last else { return points }
    var result = [first]
    for i in 1..<points.count - 1 {
      let (a, corner, b) = (points[i - 1], points[i], points[i + 1])
      func place(toward p: Point) -> Point {
        let (dx, dy) = (p.x - corner.x, p.y - corner.y)
        let length = (dx * dx + dy * dy).squareRoot()
        let share = length > 0 ? min(0.5, 26 * scale / length) : 0
        return Point(corner.x + share * dx, corner.y + share * dy)
      }
      let (from, to) = (place(toward: a), place(toward: b))
      for step in 0...8 {
        let t = Double(step) / 8
        let (u, v, w) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
        result.append(
          Point(u * from.x + v * corner.x + w * to.x, u * from.y + v * corner.y + w * to.y))
      }
    }
    return result + [last]
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
      node.label, at: Point(box.midX, middle), anchor: .middle, size: Type.label * scale,
      bold: true,
      limit: box.width - 8 * scale)
    canvas.text(
      node.detail, at: Point(box.midX, middle + 13.5 * scale), anchor: .middle, size: 10.5 * scale,
      paint: .quiet, limit: box.width - 8 * scale)
  }
}

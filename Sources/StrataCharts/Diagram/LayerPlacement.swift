/// Layers, orders and places of a graph that is drawn from top to bottom, after Sugiyama and others (1981).
///
/// Items have a size; edges point down. Edges over several layers get a place in each layer between, so that they
/// don't run behind what lies there.
package struct LayerPlacement {
  package struct Edge: Hashable {
    let from: Int
    let to: Int

    package init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  /// The middle of every item.
  package private(set) var x: [Double]
  /// The top of every item.
  package private(set) var y: [Double]
  private(set) var width = 0.0
  private(set) var height = 0.0
  /// The places between the ends of an edge over several layers.
  package private(set) var bends: [Edge: [Point]] = [:]

  /// The places that a port's edge passes on its way to its item, from the top.
  private(set) var portBends: [[Point]] = []

  /// An edge between an item and something outside, above or below.
  package struct Port {
    var item: Int
    var isAbove: Bool
    /// Where the other end lies: 0 at the left edge of the items, 1 at the right; nil where it is not known.
    var side: Double? = nil
  }

  /// Sides of the places at which ports begin or end.
  private var sides: [Int: Double] = [:]

  private var layers: [[Int]] = []
  private var sizes: [(width: Double, height: Double)]
  private var above: [[Int]] = []
  private var below: [[Int]] = []
  private let gap: Double

  /// - Parameters:
  ///   - edges: those that would close a circle, and those to itself, are not used.
  ///   - gap: between neighbours; layers are twice as far apart.
  ///   - limit: a layer wider than that is broken into several.
  package init(
    sizes: [(width: Double, height: Double)], edges all: [Edge], ports: [Port] = [], gap: Double,
    limit: Double
  ) {
    self.sizes = sizes
    self.gap = gap
    let n = sizes.count
    x = [Double](repeating: 0, count: n)
    y = x
    let edges = Self.acyclic(n, all)
    var layer = Self.layers(n, edges)
    Self.breakWide(&layer, sizes, gap: gap, limit: limit)
    let last = layer.max() ?? 0
    layers = (0..<(last + 1)).map { l in (0..<n).filter { layer[$0] == l } }
    var chains: [(Edge, [Int])] = []
    above = [[Int]](repeating: [], count: n)
    below = above
    for edge in edges { chains.append((edge, connect(edge, layer))) }
    let portChains = ports.map { connect($0, layer) }
    sortLayers()
    place()
    portBends = portChains.map(bend)
    for (edge, chain) in chains where !chain.isEmpty { bends[edge] = bend(chain) }
  }

  private func bend(_ chain: [Int]) -> [Point] {
    chain.flatMap { [Point(x[$0], y[$0]), Point(x[$0], y[$0] + sizes[$0].height)] }
  }

  /// The edges without those that close a circle on a walk in the order given.
  private static func acyclic(_ n: Int, _ edges: [Edge]) -> [Edge] {
    var next = [[Int]](repeating: [], count: n)
    var kept: [Edge] = []
    var seen: Set<Edge> = []
    func reaches(_ from: Int, _ to: Int) -> Bool {
      var stack = [from]
      var visited: Set<Int> = []
      while let node = stack.popLast() {
        if node == to { return true }
        if visited.insert(node).inserted { stack += next[node] }
      }
      return false
    }
    for edge in edges where edge.from != edge.to && seen.insert(edge).inserted {
      if reaches(edge.to, edge.from) { continue }
      next[edge.from].append(edge.to)
      kept.append(edge)
    }
    return kept
  }

  /// Each item as low as what depends on it allows.
  private static func layers(_ n: Int, _ edges: [Edge]) -> [Int] {
    var depth = [Int](repeating: 0, count: n)
    for _ in 0..<n {
      var changed = false
      for edge in edges where depth[edge.from] < depth[edge.to] + 1 {
        depth[edge.from] = depth[edge.to] + 1
        changed = true
      }
      if !changed { break }
    }
    let deepest = depth.max() ?? 0
    // What nothing depends on, and depends on nothing, comes first.
    return (0..<n).map { i in
      edges.contains { $0.from == i || $0.to == i } ? deepest - depth[i] : 0
    }
  }

  private static func breakWide(
    _ layer: inout [Int], _ sizes: [(width: Double, height: Double)], gap: Double, limit: Double
  ) {
    var l = 0
    while l <= (layer.max() ?? 0) {
      let members = layer.indices.filter { layer[$0] == l }
      var total = 0.0
      var kept = 0
      for i in members {
        total += sizes[i].width + gap
        if total - gap > limit, kept > 0 { break }
        kept += 1
      }
      if kept < members.count {
        // Half of them, so that the rows are about even; the rest and all below moves down.
        let rows = (members.count + kept - 1) / kept
        let keep = (members.count + rows - 1) / rows
        let moved = Set(members.dropFirst(keep))
        for i in layer.indices where layer[i] > l || moved.contains(i) { layer[i] += 1 }
      }
      l += 1
    }
  }

  /// Puts places for a long edge into the layers between, and joins all to their neighbours.
  private mutating func connect(_ edge: Edge, _ layer: [Int]) -> [Int] {
    var chain: [Int] = []
    var previous = edge.from
    if layer[edge.to] - layer[edge.from] > 1 {
      for l in (layer[edge.from] + 1)..<layer[edge.to] {
        chain.append(addPlace(in: l))
        join(previous, chain[chain.count - 1])
        previous = chain[chain.count - 1]
      }
    }
    join(previous, edge.to)
    return chain
  }

  /// Puts places for an edge from outside into the layers that it passes.
  private mutating func connect(_ port: Port, _ layer: [Int]) -> [Int] {
    let passed = port.isAbove ? 0..<layer[port.item] : (layer[port.item] + 1)..<layers.count
    let chain = passed.map { addPlace(in: $0) }
    for (upper, lower) in zip(chain, chain.dropFirst()) { join(upper, lower) }
    if let outermost = port.isAbove ? chain.first : chain.last { sides[outermost] = port.side }
    if port.isAbove, let last = chain.last { join(last, port.item) }
    if !port.isAbove, let first = chain.first { join(port.item, first) }
    return chain
  }

  private mutating func addPlace(in layer: Int) -> Int {
    sizes.append((gap / 5, layers[layer].map { sizes[$0].height }.max() ?? 0))
    x.append(0)
    y.append(0)
    above.append([])
    below.append([])
    layers[layer].append(sizes.count - 1)
    return sizes.count - 1
  }

  private mutating func join(_ upper: Int, _ lower: Int) {
    below[upper].append(lower)
    above[lower].append(upper)
  }

  /// Orders each layer by the mean place of the neighbours in the layer before, down and up.
  private mutating func sortLayers() {
    var rank = [Double](repeating: 0, count: sizes.count)
    for layer in layers {
      for (k, i) in layer.enumerated() { rank[i] = (Double(k) + 0.5) / Double(layer.count) }
    }
    for sweep in 0..<8 {
      let order = sweep % 2 == 0 ? Array(layers.indices) : layers.indices.reversed()
      for l in order {
        let neighbours = sweep % 2 == 0 ? above : below
        let keys = layers[l].map { i in
          neighbours[i].isEmpty
            ? sides[i] ?? rank[i]
            : neighbours[i].reduce(0) { $0 + rank[$1] } / Double(neighbours[i].count)
        }
        let sorted = layers[l].indices.sorted {
          keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1
        }
        layers[l] = sorted.map { layers[l][$0] }
        for (k, i) in layers[l].enumerated() {
          rank[i] = (Double(k) + 0.5) / Double(layers[l].count)
        }
      }
    }
  }

  private mutating func place() {
    var top = 0.0
    for layer in layers {
      let tallest = layer.map { sizes[$0].height }.max() ?? 0
      for i in layer { y[i] = top + (tallest - sizes[i].height) / 2 }
      top += tallest + 2 * gap
      var left = 0.0
      for i in layer {
        x[i] = left + sizes[i].width / 2
        left += sizes[i].width + gap
      }
      for i in layer { x[i] -= (left - gap) / 2 }
    }
    height = max(top - 2 * gap, 0)
    for sweep in 0..<12 {
      for l in sweep % 2 == 0 ? Array(layers.indices) : layers.indices.reversed() {
        let wanted = layers[l].map { i in
          let neighbours = sweep % 2 == 0 ? above[i] : below[i]
          return neighbours.isEmpty
            ? x[i] : neighbours.reduce(0) { $0 + x[$1] } / Double(neighbours.count)
        }
        spread(layers[l], around: wanted)
      }
    }
    let left = x.indices.map { x[$0] - sizes[$0].width / 2 }.min() ?? 0
    for i in x.indices { x[i] -= left }
    width = x.indices.map { x[$0] + sizes[$0].width / 2 }.max() ?? 0
  }

  /// The places nearest to the wanted ones (least squares) at which neighbours keep their order and distance:
  /// pooled adjacent violators.
  private mutating func spread(_ layer: [Int], around wanted: [Double]) {
    var offsets: [Double] = []
    var offset = 0.0
    for (k, i) in layer.enumerated() {
      if k > 0 { offset += sizes[layer[k - 1]].width / 2 + gap + sizes[i].width / 2 }
      offsets.append(offset)
    }
    var blocks: [(sum: Double, count: Int)] = []
    for (k, value) in wanted.enumerated() {
      blocks.append((value - offsets[k], 1))
      while blocks.count > 1 {
        let (a, b) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
        guard a.sum / Double(a.count) > b.sum / Double(b.count) else { break }
        blocks.removeLast(2)
        blocks.append((a.sum + b.sum, a.count + b.count))
      }
    }
    var k = 0
    for block in blocks {
      for _ in 0..<block.count {
        x[layer[k]] = block.sum / Double(block.count) + offsets[k]
        k += 1
      }
    }
  }
}

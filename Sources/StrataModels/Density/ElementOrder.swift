/// The order in which a section's elements are computed: sorted by the factors that they look up, so that
/// lookups and the sums that come back run along neighbours.
struct ElementOrder {
  private var orders: [Place: [Int]] = [:]

  init(of bound: BoundModel, _ needs: Needs) {
    for place in needs.places where !needs.isOpen(place) {
      guard case .elements(let domain) = place else { continue }
      let nodes = needs.nodes(in: place)
      // Parameters have their own order.
      let hasParameters = nodes.contains { node in
        if case .parameter = bound.graph.operations[node] { return true }
        return needs.noncentred[node] != nil
      }
      if hasParameters { continue }
      let sources = nodes.compactMap { node -> Domain? in
        if case .gather(let source) = bound.graph.operations[node] {
          bound.graph.domains[source]
        } else {
          nil
        }
      }
      orders[place] = ElementOrder.order(of: domain, by: Set(sources), in: bound.layout)
    }
  }

  /// The values, one per element, in the order of their place.
  func ordered<T>(_ values: [T], in place: Place) -> [T] {
    guard let order = orders[place], values.count == order.count else { return values }
    return order.map { values[$0] }
  }

  /// Sorted by the factor with the most levels, then by the next; nil if it is so already.
  private static func order(of domain: Domain, by sources: Set<Domain>, in layout: Domains)
    -> [Int]?
  {
    let factors = sources.map { ($0, layout.count($0)) }.sorted {
      ($0.1, describe($0.0)) < ($1.1, describe($1.0))
    }
    var order = Array(0..<layout.count(domain))
    // Stable, so the last one sorted by is the first to decide.
    for (source, count) in factors {
      guard let codes = layout.codes(from: domain, to: source) else { continue }
      var next = [Int](repeating: 0, count: count + 1)
      for code in codes { next[Int(code) + 1] += 1 }
      for level in 0..<count { next[level + 1] += next[level] }
      var sorted = order
      for element in order {
        let code = Int(codes[element])
        sorted[next[code]] = element
        next[code] += 1
      }
      order = sorted
    }
    return order.elementsEqual(order.indices) ? nil : order
  }

  /// Something to sort by where two factors have the same number of levels.
  private static func describe(_ domain: Domain) -> Int {
    if case .factor(let index) = domain { index } else { -1 }
  }
}

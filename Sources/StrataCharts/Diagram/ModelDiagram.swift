/// A model as a graph: its quantities, what depends on what, and plates for what is repeated.
///
/// Observed quantities are shaded, computed ones are rectangles. The same value gives a picture and the text of
/// Graphviz.
public struct ModelDiagram: Chart {
  /// What a quantity is.
  public enum Kind: Sendable {
    /// It has a distribution and is not known.
    case parameter
    /// It has a distribution and is known.
    case observed
    /// It follows from others.
    case computed
    /// It is given.
    case data
  }

  /// A quantity.
  public struct Node: Sendable {
    /// What edges call it; each only once.
    public var id: String
    /// Its name.
    public var label: String
    /// A second, smaller line: its distribution.
    public var detail: String
    /// What it is.
    public var kind: Kind
    /// The plate in which it lies, if any.
    public var plate: String?

    /// A quantity.
    public init(
      _ id: String, label: String? = nil, detail: String = "", kind: Kind = .parameter,
      plate: String? = nil
    ) {
      self.id = id
      self.label = label ?? id
      self.detail = detail
      self.kind = kind
      self.plate = plate
    }
  }

  /// A dependence.
  public struct Edge: Sendable, Equatable {
    /// What is needed.
    public var from: String
    /// What needs it.
    public var to: String

    /// An arrow.
    public init(_ from: String, _ to: String) {
      self.from = from
      self.to = to
    }
  }

  /// A frame around what is repeated.
  public struct Plate: Sendable {
    /// What nodes call it; each only once.
    public var id: String
    /// What stands in its corner: "county × 85".
    public var label: String
    /// The plate in which it lies, if any.
    public var parent: String?

    /// A plate.
    public init(_ id: String, label: String? = nil, parent: String? = nil) {
      self.id = id
      self.label = label ?? id
      self.parent = parent
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The quantities.
  public var nodes: [Node]
  /// The dependences; those that name no node are not drawn.
  public var edges: [Edge]
  /// The frames.
  public var plates: [Plate]

  /// A diagram.
  public init(title: String = "", nodes: [Node], edges: [Edge], plates: [Plate] = []) {
    self.title = title
    self.nodes = nodes
    self.edges = edges
    self.plates = plates
  }

  /// What the picture shows, in words.
  public var summary: String {
    let observed = nodes.filter { $0.kind == .observed }.map(\.label)
    let plates = self.plates.map(\.label).joined(separator: ", ")
    return "Diagram of a model with \(NumberText.count(nodes.count, "node"))"
      + (plates.isEmpty ? "" : ", plates \(plates)")
      + (observed.isEmpty ? "." : "; observed: \(observed.joined(separator: ", ")).")
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    figure.emptyText = "A model without quantities."
    guard !nodes.isEmpty else { return figure.drawing(width: width) }
    return figure.drawing(width: width) { canvas, left, top, width in
      DiagramLayout(self, width: width).draw(on: &canvas, left: left, top: top, width: width)
    }
  }

  /// The graph in the language of Graphviz' `dot`.
  public func graphviz() -> String {
    var text = "digraph model {\n  rankdir=TB;\n  node [fontname=\"Helvetica\"];\n"
    text += dot(inside: nil, indent: "  ", visited: [])
    let known = Set(nodes.map(\.id))
    for edge in edges where known.contains(edge.from) && known.contains(edge.to) {
      text += "  \(Self.quoted(edge.from)) -> \(Self.quoted(edge.to));\n"
    }
    return text + "}\n"
  }

  private func dot(inside plate: String?, indent: String, visited: Set<String>) -> String {
    var text = ""
    for node in nodes where place(of: node) == plate {
      let label = node.detail.isEmpty ? node.label : "\(node.label)\n\(node.detail)"
      let style =
        switch node.kind {
        case .parameter: "shape=ellipse"
        case .observed: "shape=ellipse, style=filled, fillcolor=\"#d9dde1\""
        case .computed: "shape=box"
        case .data: "shape=box, style=\"rounded,filled\", fillcolor=\"#d9dde1\""
        }
      text += "\(indent)\(Self.quoted(node.id)) [label=\(Self.quoted(label)), \(style)];\n"
    }
    for (i, inner) in plates.enumerated()
    where place(of: inner) == plate && !visited.contains(inner.id) {
      text +=
        "\(indent)subgraph cluster_\(i) {\n\(indent)  label=\(Self.quoted(inner.label)); labeljust=r; labelloc=b; style=rounded;\n"
      text += dot(inside: inner.id, indent: indent + "  ", visited: visited.union([inner.id]))
      text += "\(indent)}\n"
    }
    return text
  }

  /// The plate of a node; nil where it names none that exists.
  func place(of node: Node) -> String? {
    plates.contains { $0.id == node.plate } ? node.plate : nil
  }

  /// The plate around a plate; nil where it names none that exists, or where plates lie in each other.
  func place(of plate: Plate) -> String? {
    var seen: Set<String> = [plate.id]
    var next = plate.parent
    while let id = next, let outer = plates.first(where: { $0.id == id }) {
      guard seen.insert(id).inserted else { return nil }
      next = outer.parent
    }
    return plates.contains { $0.id == plate.parent } ? plate.parent : nil
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result + "\""
  }
}

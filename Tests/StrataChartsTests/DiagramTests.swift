import Testing

import StrataCharts

/// Model diagrams: as Graphviz text, and as places.
@Suite struct DiagramTests {
  static let eightSchools = ModelDiagram(
    title: "Eight schools",
    nodes: [
      .init("mu", detail: "Normal"), .init("tau", detail: "HalfCauchy"),
      .init("theta", detail: "Normal", plate: "school"),
      .init("y", detail: "Normal", kind: .observed, plate: "school"),
      .init("se", kind: .data, plate: "school"),
    ],
    edges: [.init("mu", "theta"), .init("tau", "theta"), .init("theta", "y"), .init("se", "y")],
    plates: [.init("school", label: "school × 8")])

  @Test func graphviz() {
    #expect(
      Self.eightSchools.graphviz() == """
        digraph model {
          rankdir=TB;
          node [fontname="Helvetica"];
          "mu" [label="mu\\nNormal", shape=ellipse];
          "tau" [label="tau\\nHalfCauchy", shape=ellipse];
          subgraph cluster_0 {
            label="school × 8"; labeljust=r; labelloc=b; style=rounded;
            "theta" [label="theta\\nNormal", shape=ellipse];
            "y" [label="y\\nNormal", shape=ellipse, style=filled, fillcolor="#d9dde1"];
            "se" [label="se", shape=box, style="rounded,filled", fillcolor="#d9dde1"];
          }
          "mu" -> "theta";
          "tau" -> "theta";
          "theta" -> "y";
          "se" -> "y";
        }

        """)
  }

  @Test func namesAreQuoted() {
    let diagram = ModelDiagram(nodes: [.init("a\"b\\c")], edges: [.init("a\"b\\c", "nowhere")])
    #expect(diagram.graphviz().contains("\"a\\\"b\\\\c\" [label=\"a\\\"b\\\\c\", shape=ellipse];"))
    #expect(!diagram.graphviz().contains("->"))
  }

  @Test func layersGoDown() {
    let sizes = [(width: 50.0, height: 30.0), (50, 30), (50, 30), (50, 30)]
    let placement = LayerPlacement(
      sizes: sizes,
      edges: [
        .init(from: 0, to: 1), .init(from: 1, to: 2), .init(from: 0, to: 2), .init(from: 3, to: 2),
      ],
      gap: 20, limit: .infinity)
    #expect(placement.y.prefix(4) == [0, 70, 140, 70])
    #expect(placement.bends[.init(from: 0, to: 2)]?.count == 2)
    #expect(abs(placement.x[1] - placement.x[3]) >= 70)
  }

  @Test func circlesAndPlatesInEachOther() {
    let placement = LayerPlacement(
      sizes: [(width: 10.0, height: 10.0), (10, 10)],
      edges: [.init(from: 0, to: 1), .init(from: 1, to: 0), .init(from: 0, to: 0)],
      gap: 5, limit: .infinity)
    #expect(placement.y == [0, 20])
    let diagram = ModelDiagram(
      nodes: [.init("a", plate: "p")], edges: [],
      plates: [.init("p", parent: "q"), .init("q", parent: "p"), .init("p")])
    #expect(diagram.svg().contains(">a</text>"))
    #expect(diagram.graphviz().contains("\"a\""))
  }
}

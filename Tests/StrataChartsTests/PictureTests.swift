import Foundation
import Testing

import StrataCharts

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Every picture of every kind of data: readable, whole, nothing over anything else.
@Suite struct PictureTests {
  static let widths = [240.0, 400, 900, 1600]

  @Test(arguments: Pictures.awkward.indices) func structure(index: Int) {
    let (data, values) = Pictures.awkward[index]
    for (kind, chart) in Pictures.all(of: values) {
      for width in Self.widths { check(chart, width, "\(kind), \(data), \(width)") }
    }
  }

  @Test(arguments: [0, 1, 2, 9, 40]) func diagrams(count: Int) {
    for width in Self.widths {
      check(Pictures.diagram(count), width, "diagram of \(count), \(width)")
    }
  }

  private func check(_ chart: any Chart, _ width: Double, _ what: String) {
    let drawing = chart.drawing(width: width)
    let svg = drawing.svg()
    #expect(drawing.width == width, "\(what)")
    #expect(drawing.height > 20 && drawing.height < 20_000, "\(what): \(drawing.height)")
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(what): \(String(describing: parser.parserError))")
    #expect(svg.contains("role=\"img\"") && svg.contains("<title>") && svg.contains("<desc>"))
    #expect(
      !svg.contains("\"nan") && !svg.contains("\"inf") && !svg.contains("LazySequence"), "\(what)")
    #expect(chart.svg(width: width) == svg, "\(what): other bytes the second time")
    let view = Box(x: 0, y: 0, width: drawing.width, height: drawing.height)
    for label in drawing.labels {
      #expect(view.contains(label.box, slack: 0.5), "\(what): \(label) sticks out of \(view)")
    }
    for (i, a) in drawing.labels.enumerated() {
      for b in drawing.labels.dropFirst(i + 1) where a.box.overlaps(b.box, slack: 1) {
        Issue.record("\(what): \(a) over \(b)")
      }
    }
  }

  @Test func nonsenseWidths() {
    let chart = DensityPlot(curves: [.init("a", draws: Pictures.normal(50))])
    for width in [-1, 0, 1, .nan, .infinity, 1e9] {
      #expect((240...4000).contains(chart.drawing(width: width).width))
    }
  }

  @Test func countsAreBarsOfWidthOne() {
    let curve = DensityCurve.counts("a", 2...3, [0.25, 0.75])
    #expect(curve.x == [1.5, 2.5, 2.5, 3.5])
    #expect(curve.density == [0.25, 0.25, 0.75, 0.75])
    // Many thin curves have one entry in the legend, and one colour.
    let chart = DensityPlot(groups: [.init(curves: [curve], draws: [curve, curve])])
    #expect(chart.drawing(width: 400).labels.count { $0.text == "a" } == 1)
  }

  @Test func whatIsLeftOutIsCounted() {
    let chart = DensityPlot(curves: [
      .init("a", draws: Pictures.normal(50) + [.nan, .infinity, 1e301])
    ])
    #expect(chart.svg().contains("3 draws left out"))
    let forest = ForestPlot(
      levels: ["a", "b"], series: [.init("", [ForestPlot.Estimate(.nan), ForestPlot.Estimate(1)])])
    #expect(forest.svg().contains("1 level without a finite estimate left out"))
  }

  @Test func fiveThousandLevels() {
    let values = Pictures.normal(5000)
    let chart = ForestPlot(
      title: "Levels", levels: (0..<5000).map { "level \($0)" },
      series: [.init("", values.map { ForestPlot.Estimate($0, outer: ($0 - 1)...($0 + 1)) })])
    let drawing = chart.drawing(width: 900)
    #expect(drawing.labels.count < 60)
    #expect(drawing.labels.contains { $0.text == "4,970" })
    let highest = values.indices.max { values[$0] < values[$1] }!
    #expect(drawing.labels.contains { $0.text == "level \(highest)" })
    #expect(drawing.height < 900)
    #expect(drawing.svg().utf8.count < 100_000)
  }

  @Test func manyDrawsStaySmall() {
    let chains = (0..<4).map { Pictures.normal(50_000, seed: UInt64($0 + 1)) }
    #expect(TracePlot(groups: [.init("a", chains: chains)]).svg().utf8.count < 250_000)
    #expect(
      PairPlot(columns: [.init("a", draws: chains[0]), .init("b", draws: chains[1])]).svg().utf8
        .count
        < 120_000)
  }

  @Test func longTextIsShortenedAndKept() {
    let chart = DensityPlot(title: "x", curves: [.init(Pictures.long, draws: Pictures.normal(50))])
    let svg = chart.svg(width: 300)
    #expect(svg.contains("…"))
    #expect(svg.contains("<title>\(XML.escaped(Pictures.long))</title>"))
  }
}

import Testing

import StrataCharts

/// The page of a report.
@Suite struct ReportTests {
  static let report = Report(
    title: "Radon <in> \"Minnesota\"", subtitle: "919 rows",
    sections: [
      .init(
        "Summary",
        [
          .prose("First.\n\nSecond\nline."), .notice("Look & see."), .list(["a", "b"]),
          .code("y ~ Normal(mu, 1)\n  x < 3"),
          .table(
            .init("Posterior", columns: ["name", "mean"], rows: [["mu", "−1.5"], ["tau", "2"]])),
        ]),
      .init(
        "Pictures",
        [
          .figure(
            DensityPlot(title: "One", curves: [.init("a", draws: Pictures.normal(100))]),
            caption: "A caption"),
          .figure(Pictures.diagram(9), caption: ""),
        ]),
      .init("Nothing", []),
    ], footer: "Strata")

  @Test func standsAlone() {
    let page = Self.report.html()
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    let rest = page.replacing("http://www.w3.org/2000/svg", with: "")
    for word in ["<script", "http:", "https:", "src=", "@import", "url(", "javascript"] {
      #expect(!rest.contains(word), "\(word)")
    }
    #expect(page == Self.report.html())
  }

  @Test func holdsEverything() {
    let page = Self.report.html()
    #expect(page.contains("<h1>Radon &lt;in&gt; &quot;Minnesota&quot;</h1>"))
    #expect(page.contains("<p>First.</p>\n<p>Second line.</p>"))
    #expect(page.contains("<p class=\"notice\" role=\"note\">Look &amp; see.</p>"))
    #expect(page.contains("y ~ Normal(mu, 1)\n  x &lt; 3"))
    #expect(page.contains("<td class=\"number\">−1.5</td>"))
    #expect(page.contains("<figcaption>A caption</figcaption>"))
    #expect(page.split(separator: "<figure>").count - 1 == 2)
    #expect(page.split(separator: "<svg ").count - 1 == 6)
    #expect(page.split(separator: "<style>").count - 1 == 1)
    for i in 1...3 {
      #expect(page.contains("href=\"#section-\(i)\"") && page.contains("id=\"section-\(i)\""))
    }
  }
}

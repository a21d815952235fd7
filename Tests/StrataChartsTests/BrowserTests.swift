import StrataCharts
import TestSupport
import Testing

/// Pages and pictures as a browser lays them out, with its own fonts: where Chromium is installed.
@Suite(.enabled(if: Browser.path != nil, "needs Chromium")) struct BrowserTests {
  /// A page of a report in a frame of the given width; what it finds stands in the page afterwards.
  @Test(arguments: [400, 900, 1600]) func report(width: Int) throws {
    let found = try Browser.inspect(ReportTests.report.html(), width: width)
    #expect(found == ["width \(width) of \(width)", "pictures 2"])
  }

  /// The browser does find what these tests look for.
  @Test func faultsAreFound() throws {
    let page = """
      <svg width="100" height="50"><title>t</title><text y="20">long enough</text><text y="22">other</text>
      <text x="90" y="45">outside</text></svg><div style="width:900px">wide</div>
      """
    let found = try Browser.inspect(page, width: 400)
    #expect(found.contains("t: long enough over other"))
    #expect(found.contains("t: outside leaves the picture"))
    #expect(found.contains { $0.hasPrefix("width 9") })
  }

  @Test(arguments: [400.0, 900]) func pictures(width: Double) throws {
    let charts =
      Pictures.all(of: Pictures.normal(200))
      + Pictures.all(of: Pictures.normal(200, mean: 2e12, sd: 1e12))
    let page = charts.map { $0.chart.svg(width: width) }.joined()
    let found = try Browser.inspect(
      "<!DOCTYPE html><meta charset=\"utf-8\"><style>body{margin:0}</style>" + page,
      width: Int(width))
    #expect(found == ["width \(Int(width)) of \(Int(width))", "pictures \(charts.count)"])
  }
}

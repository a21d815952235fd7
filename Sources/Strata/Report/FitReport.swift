public import StrataCharts
import StrataDiagnostics
import StrataModels

/// A fit as a page to read: what was fitted, whether the draws can be trusted, what they say, and how the predictions
/// fit the data. One HTML file that needs no network and no script, and every picture as a file of its own.
///
/// ```swift
/// let report = FitReport(fit)
/// try report.write(to: OutputFolder("results"))
/// ```
///
/// The same fit gives the same bytes.
public struct FitReport: Sendable {
  /// A picture with the name of its file.
  public struct Picture: Sendable {
    /// Without ending: `forest-a`.
    public let name: String
    /// The picture.
    public let chart: any Chart
  }

  /// The page.
  public let page: Report
  /// The pictures in the order of the page.
  public let pictures: [Picture]

  /// Makes the pictures; those that this fit can't have are left out, and the page says why.
  /// - Parameters:
  ///   - fit: what is reported.
  ///   - folder: where the fit's archive lies; the commands that the page shows then take it in place of model and table.
  public init(_ fit: Fit, folder: String? = nil) {
    var source = PlotSource(fit)
    if let folder { source.findFiles(in: folder) }
    var notes: [String] = []
    source.prepare(&notes)
    let parts = source.reportParts()
    let requests = parts.flatMap(\.figures)
    let prepared = source
    let results = parallelMap(requests.count) { i in
      Result { try requests[i].plot.make(prepared) }
    }
    var pictures: [Picture] = []
    var sections: [Report.Section] = [source.verdictSection(), source.modelSection()]
    sections.append(.init("Summary", source.summaryBlocks()))
    var next = 0
    for part in parts {
      var blocks: [Report.Block] = part.text.map { .prose($0) }
      for request in part.figures {
        switch results[next] {
        case .success(let chart):
          var name = request.name
          while pictures.contains(where: { $0.name == name }) { name += "-" }
          pictures.append(Picture(name: name, chart: chart))
          blocks.append(.figure(chart, caption: request.caption))
        case .failure(let error):
          if request.isExpected { blocks.append(.prose("Left out: \(error).")) }
        }
        next += 1
      }
      blocks += part.after.map { .prose($0) }
      if part.title == PlotSource.predictionsTitle { blocks += notes.map { .prose($0) } }
      if blocks.isEmpty { continue }
      if part.isModel {
        sections[1].blocks.insert(contentsOf: blocks, at: min(1, sections[1].blocks.count))
      } else {
        sections.append(.init(part.title, blocks))
      }
    }
    sections.append(source.nextSection(folder))
    self.pictures = pictures
    var page = Report(
      title: source.title, subtitle: source.subtitle, sections: sections,
      footer:
        "Strata \(strataVersion). Seed \(fit.settings.seed): the same command gives the same page.")
    page.metadata = [(Self.listName, pictures.map(\.name).joined(separator: " "))]
    self.page = page
  }

  /// The page as HTML.
  public func html() -> String { page.html() }

  /// Writes `report.html`, and the pictures as `plots/NAME.svg`. Pictures of a report that was there before and that this
  /// one has not are removed.
  /// - Parameters:
  ///   - folder: the folder of results.
  ///   - width: of the pictures' files, in pixels.
  /// - Throws: ``OutputError``.
  public func write(to folder: OutputFolder, width: Double = 720) throws {
    let before = Self.pictureNames(ofPageIn: folder)
    try folder.write(html(), to: "report.html")
    let plots = try OutputFolder(folder.path + "/plots")
    let files = parallelMap(pictures.count) { pictures[$0].chart.svg(width: width) }
    for (picture, file) in zip(pictures, files) { try plots.write(file, to: picture.name + ".svg") }
    for name in before.subtracting(pictures.map(\.name)) { plots.remove(name + ".svg") }
  }

  /// The pictures that a page says it was written with: only these are ever removed.
  private static func pictureNames(ofPageIn folder: OutputFolder) -> Set<String> {
    let head = folder.start(of: "report.html", count: 65_536)
    let opening = "<meta name=\"\(listName)\" content=\""
    guard let start = head.firstRange(of: opening)?.upperBound,
      let end = head[start...].firstIndex(of: "\"")
    else { return [] }
    let names = head[start..<end].split(separator: " ").map(String.init)
    return Set(names.filter { $0.allSatisfy(\.isPlain) })
  }

  private static let listName = "strata-pictures"
}

/// A section with pictures that are still to be made.
struct ReportPart {
  /// A picture to make.
  struct Figure: Sendable {
    var name: String
    var plot: FitPlot
    var caption = ""
    /// Whether the page says why it is missing.
    var isExpected = true

    init(_ name: String, _ plot: FitPlot, caption: String = "", isExpected: Bool = true) {
      // Names of levels and columns may hold anything; files should not.
      self.name = name.plain()
      self.plot = plot
      self.caption = caption
      self.isExpected = isExpected
    }
  }

  var title: String
  var text: [String] = []
  var figures: [Figure] = []
  var after: [String] = []
  /// Whether it belongs under what was fitted.
  var isModel = false
}

extension PlotSource {
  /// Leave-one-out needs so many numbers of rows × draws at most in a report: more would take seconds.
  static let leaveOneOutLimit = 8_000_000
  static let predictionsTitle = "Predictions and data"

  /// Makes what several pictures share.
  mutating func prepare(_ notes: inout [String]) {
    prior = try? priorDraws(of: densityNames())
    for outcome in bound.outcomes {
      let name = outcome.subject
      do {
        replicated[name] = try replications(name)
        guard fit.rowCount * fit.chains.count * fit.drawsPerChain <= Self.leaveOneOutLimit else {
          notes.append(
            """
            Leave-one-out cross-validation of \(name) is left out of the report: for \(fit.rowCount.spoken) rows and \
            \((fit.chains.count * fit.drawsPerChain).spoken) draws it takes longer than all else here. strata check and \
            strata compare do it.
            """)
          continue
        }
        if fit.rowCount > 1 { leftOut[name] = try leaveOneOut(name) }
      } catch {
        notes.append("Left out: predictions of \(name), as \(error).")
      }
    }
  }

  /// The sections with pictures.
  func reportParts() -> [ReportPart] {
    [modelPart(), estimatesPart(), predictionsPart(), samplerPart()]
  }
}

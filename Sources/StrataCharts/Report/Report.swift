import Dispatch

/// A page with text, tables and pictures: one HTML file that needs no network and no script.
public struct Report: Sendable {
  /// A table; cells that read as numbers are set to the right.
  public struct Table: Sendable {
    /// What it shows.
    public var caption: String
    /// The heads of its columns.
    public var columns: [String]
    /// Its rows.
    public var rows: [[String]]
    /// How many rows stand at once; a table with more of them scrolls.
    public var visibleRows: Int

    /// A table.
    public init(_ caption: String = "", columns: [String], rows: [[String]], visibleRows: Int = 24)
    {
      self.caption = caption
      self.columns = columns
      self.rows = rows
      self.visibleRows = visibleRows
    }
  }

  /// What a section holds.
  public enum Block: Sendable {
    /// Text; an empty line begins a new paragraph.
    case prose(String)
    /// A list.
    case list([String])
    /// Text in type of one width, as it is.
    case code(String)
    /// A statement that should not be missed.
    case notice(String)
    /// A table.
    case table(Table)
    /// A picture with what is said under it.
    case figure(any Chart, caption: String)
  }

  /// A part of the report with its heading.
  public struct Section: Sendable {
    /// The heading.
    public var title: String
    /// What it holds, from the top.
    public var blocks: [Block]

    /// A section.
    public init(_ title: String, _ blocks: [Block]) {
      self.title = title
      self.blocks = blocks
    }
  }

  /// The heading of the page.
  public var title: String
  /// A line under the heading.
  public var subtitle: String
  /// The sections.
  public var sections: [Section]
  /// The last line: version, date.
  public var footer: String
  /// What the head of the page holds for programs: names with their contents.
  public var metadata: [(name: String, content: String)] = []

  /// A report.
  public init(title: String, subtitle: String = "", sections: [Section], footer: String = "") {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
    self.footer = footer
  }

  /// Widths in pixels at which each picture is laid out; the page shows the one that fits.
  static let widths: [(name: String, pixels: Double)] = [
    ("narrow", 380), ("middle", 620), ("wide", 900),
  ]

  /// The page.
  public func html() -> String {
    let name = XML.escaped(title)
    var page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    page += "<meta name=\"color-scheme\" content=\"light dark\">\n"
    for (name, content) in metadata {
      page += "<meta name=\"\(XML.escaped(name))\" content=\"\(XML.escaped(content))\">\n"
    }
    page +=
      "<title>\(name)</title>\n<style>\n\(ReportStyle.text)\(StyleSheet.text)</style>\n</head>\n<body>\n<main>\n"
    page += "<header>\n<h1>\(name)</h1>\n"
    if !subtitle.isEmpty { page += "<p class=\"subtitle\">\(XML.escaped(subtitle))</p>\n" }
    page += "</header>\n" + contents
    var figures = figures()[...]
    for (i, section) in sections.enumerated() {
      page += "<section id=\"section-\(i + 1)\">\n<h2>\(XML.escaped(section.title))</h2>\n"
      for block in section.blocks {
        if case .figure = block { page += figures.removeFirst() } else { page += html(block) }
      }
      page += "</section>\n"
    }
    if !footer.isEmpty { page += "<footer>\(XML.escaped(footer))</footer>\n" }
    return page + "</main>\n</body>\n</html>\n"
  }

  private var contents: String {
    guard sections.count > 2 else { return "" }
    let entries = sections.enumerated().map {
      "<li><a href=\"#section-\($0 + 1)\">\(XML.escaped($1.title))</a></li>\n"
    }
    return "<nav aria-label=\"Contents\">\n<ul>\n\(entries.joined())</ul>\n</nav>\n"
  }

  private func html(_ block: Block) -> String {
    switch block {
    case .prose(let text):
      return Self.paragraphs(text).map { "<p>\(XML.escaped($0))</p>\n" }.joined()
    case .list(let items):
      return "<ul>\n" + items.map { "<li>\(XML.escaped($0))</li>\n" }.joined() + "</ul>\n"
    case .code(let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        XML.escaped($0)
      }
      return "<pre tabindex=\"0\"><code>\(lines.joined(separator: "\n"))</code></pre>\n"
    case .notice(let text):
      return "<p class=\"notice\" role=\"note\">\(XML.escaped(text))</p>\n"
    case .table(let table): return html(table)
    case .figure: return ""  // made by `figures`
    }
  }

  private static func paragraphs(_ text: String) -> [String] {
    var result: [String] = []
    var lines: [Substring] = []
    let ended: String = text + "\n"
    for line in ended.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) {
        if !lines.isEmpty { result.append(lines.joined(separator: " ")) }
        lines = []
      } else {
        lines.append(line)
      }
    }
    return result
  }

  private func html(_ table: Table) -> String {
    let isLong = table.rows.count > table.visibleRows
    var text = "<div class=\"table\(isLong ? " long" : "")\" tabindex=\"0\" role=\"region\""
    text +=
      " aria-label=\"\(XML.escaped(table.caption.isEmpty ? "table" : table.caption))\">\n<table>\n"
    if !table.caption.isEmpty { text += "<caption>\(XML.escaped(table.caption))</caption>\n" }
    text += "<thead><tr>"
    let isNumber = table.columns.indices.map { j in
      j > 0 && table.rows.allSatisfy { j >= $0.count || Self.readsAsNumber($0[j]) }
    }
    for (j, column) in table.columns.enumerated() {
      text +=
        "<th scope=\"col\"\(isNumber[j] ? " class=\"number\"" : "")>\(XML.escaped(column))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    for row in table.rows {
      text += "<tr>"
      for (j, cell) in row.prefix(table.columns.count).enumerated() {
        let element = j == 0 ? "th scope=\"row\"" : "td"
        text +=
          "<\(element)\(isNumber[j] ? " class=\"number\"" : "")>\(XML.escaped(cell))</\(j == 0 ? "th" : "td")>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table>\n</div>\n"
  }

  private static func readsAsNumber(_ cell: String) -> Bool {
    cell.allSatisfy { $0.isNumber || "+-−.,eE×∞%– ".contains($0) }
  }

  /// The pictures in the order of the page, each with its widths; laid out on all cores.
  private func figures() -> [String] {
    let all = sections.flatMap(\.blocks).compactMap {
      block -> (chart: any Chart, caption: String)? in
      if case .figure(let chart, let caption) = block { (chart, caption) } else { nil }
    }
    let widths = Self.widths
    let pictures = [String](unsafeUninitializedCapacity: all.count * widths.count) {
      buffer, count in
      // Each iteration makes one element of its own, and all have ended when the call returns.
      nonisolated(unsafe) let results = buffer
      count = all.count * widths.count
      DispatchQueue.concurrentPerform(iterations: count) { i in
        let drawing = all[i / widths.count].chart.drawing(width: widths[i % widths.count].pixels)
        (results.baseAddress! + i).initialize(to: drawing.svg(hasStyle: false))
      }
    }
    return all.enumerated().map { i, figure in
      var text = "<figure>\n"
      for (j, width) in widths.enumerated() {
        text += "<div class=\"\(width.name)\">\n\(pictures[i * widths.count + j])</div>\n"
      }
      if !figure.caption.isEmpty {
        text += "<figcaption>\(XML.escaped(figure.caption))</figcaption>\n"
      }
      return text + "</figure>\n"
    }
  }
}

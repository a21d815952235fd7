import Foundation

/// Chromium without a window.
public enum Browser {
  /// Where it is installed; nil if it is not.
  public static let path = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ]
  .first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Lines about the page: text that lies over text or leaves its picture, errors of scripts, the width that the
  /// content takes, and the number of pictures that are shown.
  public static func inspect(_ page: String, width: Int) throws -> [String] {
    let escaped = page.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(
      of: "\"", with: "&quot;")
    let frame = """
      <!DOCTYPE html><meta charset="utf-8"><pre id="found"></pre>
      <iframe id="frame" style="border:0;width:\(width)px;height:900px" srcdoc="\(escaped)"></iframe>
      <script>
      const found = [];
      window.onerror = e => found.push('error ' + e);
      document.getElementById('frame').onload = e => {
        const page = e.target.contentDocument;
        let shown = 0;
        page.querySelectorAll('svg').forEach(svg => {
          const frame = svg.getBoundingClientRect();
          if (frame.width == 0) return;
          shown += 1;
          const name = svg.querySelector('title').textContent;
          const texts = [...svg.querySelectorAll('text')].map(t => [t.lastChild.textContent, t.getBoundingClientRect()]);
          for (const [text, box] of texts)
            if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 2)
              found.push(name + ': ' + text + ' leaves the picture');
          texts.forEach(([a, p], i) => texts.slice(i + 1).forEach(([b, q]) => {
            const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
            const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
            if (w > 1.5 && h > 5) found.push(name + ': ' + a + ' over ' + b);
          }));
        });
        found.push('width ' + page.documentElement.scrollWidth + ' of \(width)', 'pictures ' + shown);
        document.getElementById('found').textContent = found.join('\\n');
      };
      </script>
      """
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("page.html")
    try frame.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path!)
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
      "--user-data-dir=\(folder.path)/profile", "--window-size=\(width + 40),1000", "--dump-dom",
      file.absoluteString,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let start = text.range(of: "<pre id=\"found\">"),
      let end = text.range(of: "</pre>", range: start.upperBound..<text.endIndex)
    else { return ["no answer from the browser"] }
    return text[start.upperBound..<end.lowerBound].split(separator: "\n").map(String.init)
  }
}

// Runs worked examples, prints what they find, and writes their pictures:
// `swift run -c release workflows [--pictures FOLDER] [NAME]…`; all of them without a name.
import Foundation
import StrataCharts
import Workflows

let workflows: [(name: String, run: @Sendable () async throws -> Workflow)] = [
  ("radon", radon), ("response_times", responseTimes), ("sites", sites), ("shifts", shifts),
  ("water_quality", waterQuality), ("email_campaigns", emailCampaigns),
  ("uncertain_probabilities", uncertainProbabilities), ("eight_schools", eightSchools),
  ("sleepstudy", sleepStudy), ("cbpp", cbpp), ("epil", epil), ("batting_averages", battingAverages),
]

var names = Array(CommandLine.arguments.dropFirst())
var folder = "Docs/Workflows/pictures"
if let option = names.firstIndex(of: "--pictures"), option + 1 < names.count {
  folder = names[option + 1]
  names.removeSubrange(option...option + 1)
}
if let unknown = names.first(where: { name in !workflows.contains { $0.name == name } }) {
  let known = workflows.map(\.name).joined(separator: ", ")
  FileHandle.standardError.write(Data("There is no '\(unknown)': choose from \(known).\n".utf8))
  exit(1)
}
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
for (name, run) in workflows where names.isEmpty || names.contains(name) {
  let found = try await run()
  print("\(name)")
  for (number, value) in found.numbers.sorted(by: { $0.key < $1.key }) {
    print("  \(number): \(value)")
  }
  for (picture, chart) in found.pictures.sorted(by: { $0.key < $1.key }) {
    let path = "\(folder)/\(picture).svg"
    try chart.svg().write(toFile: path, atomically: true, encoding: .utf8)
    print("  \(path)")
  }
}

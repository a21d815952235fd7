import StrataModels
import StrataSampling

/// What a run has on disk while it goes on: what it was made from, and for each chain a journal of its draws. It is gone
/// once the archive is written.
final class UnfinishedRun: Sendable {
  private static let name = "fit.unfinished"
  /// A chain that is killed loses what it has drawn since its last record.
  private static let interval = Duration.milliseconds(100)

  let description: RunDescription
  /// Where model and table were read from, for the run's record.
  let files: (model: String?, data: String?)
  private let folder: String
  private let csv: [UInt8]
  private let earlier: [Int: ChainRecord]
  private let journals: [ChainJournal]

  /// The file with the run's description.
  private struct Header: Codable {
    var archiveVersion: Int
    var modelFile: String?
    var dataFile: String?
    /// As text: its checksum is what the records of this run are known by.
    var run: String
  }

  private struct Version: Decodable {
    var archiveVersion: Int
  }

  static func isThere(in folder: String) -> Bool {
    FolderFiles.exists("\(folder)/\(name)/run.json")
  }

  static func remove(from folder: String) throws(FolderFiles.Failure) {
    try FolderFiles.remove("\(folder)/\(name)")
  }

  /// Begins a run: what was there of an earlier one is removed.
  init(
    _ description: RunDescription, csv: [UInt8], files: (model: String?, data: String?),
    in folder: String
  ) throws(FolderFiles.Failure) {
    self.description = description
    self.files = files
    self.folder = folder
    self.csv = csv
    earlier = [:]
    let path = "\(folder)/\(Self.name)"
    let run = (try? ArchiveFiles.encode(description)) ?? ""
    journals = (0..<description.options.chains).map {
      ChainJournal("\(path)/chain-\($0)", of: XXH64.hash(Array(run.utf8)), length: 0)
    }
    try FolderFiles.remove(path)
    try FolderFiles.makeFolder(path)
    if !csv.isEmpty { try FolderFiles.write(csv, to: "\(path)/table.csv") }
    let header = Header(
      archiveVersion: description.archiveVersion, modelFile: files.model, dataFile: files.data,
      run: run)
    // The last file that is written: a run whose description is there can be gone on with.
    try FolderFiles.replace(
      "\(path)/run.json",
      with: Array(Seal.sealed((try? ArchiveFiles.encode(header)) ?? "").utf8))
  }

  /// What an interrupted run left.
  /// - Throws: ``ArchiveError``.
  init(contentsOf folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(Self.name)"
    guard FolderFiles.isFolder(folder) else { throw ArchiveError.noFolder(path: folder) }
    guard Self.isThere(in: folder) else { throw ArchiveError.nothingUnfinished(folder: folder) }
    let place = ArchivePlace(path: path, fit: folder, prefix: "\(Self.name)/")
    let bytes = try place.read("run.json")
    try ArchiveReader.checkVersion(
      try place.decode(Version.self, bytes, of: "run.json").archiveVersion, folder)
    guard Seal.isWhole(bytes) else {
      throw place.broken("run.json", "is not as it was written: its checksum differs")
    }
    let header = try place.decode(Header.self, bytes, of: "run.json")
    let run = Array(header.run.utf8)
    files = (header.modelFile, header.dataFile)
    let description = try place.decode(RunDescription.self, run, of: "run.json")
    self.description = description
    csv = description.table.file == nil ? try place.read("table.csv") : []
    if description.table.file == nil, XXH64.text(XXH64.hash(csv)) != description.table.hash {
      throw place.broken("table.csv", "is not as it was written: its checksum differs")
    }
    var (earlier, journals) = ([Int: ChainRecord](), [ChainJournal]())
    for chain in 0..<description.options.chains {
      let file = "\(path)/chain-\(chain)"
      let identity = XXH64.hash(run)
      let found = ChainJournal.read(file, of: identity, chain: chain)
      earlier[chain] = found?.record
      journals.append(ChainJournal(file, of: identity, length: found?.length ?? 0))
    }
    (self.earlier, self.journals) = (earlier, journals)
  }

  /// What takes the chains' draws down.
  var recording: DrawRecording {
    DrawRecording(interval: Self.interval, earlier: earlier) { [journals] record in
      journals[record.chain].append(record)
    }
  }

  /// The model with its table.
  func bound(model: Model? = nil, table: Table?) throws -> (BoundModel, source: FitSource) {
    try description.bound(csv, model: model, table: table, folder: folder)
  }

  /// A fit of the draws that are there.
  func fit(model: Model?, table: Table?) throws -> Fit {
    let (bound, source) = try bound(model: model, table: table)
    let options = description.options.fitOptions()
    let density = try PosteriorDensity(bound, request: options.request, effects: options.effects)
    let chains = try earlier.values.map { record in
      // What a chain's state begins with.
      var state = ByteReader(record.state)
      return ChainResult(
        chain: record.chain, reportedCount: record.width, reported: record.reported,
        statistics: record.statistics, stepSize: .nan, inverseMetric: .diagonal([]),
        warmupSeconds: 0, samplingSeconds: 0, warmupEvaluations: 0, samplingEvaluations: 0,
        warmupDivergences: 0, divergences: [], lastPosition: [], isComplete: false,
        moments: try RunningMoments(&state))
    }
    guard let usable = usableDraws(of: chains), usable[0].reportedCount == density.report.keptCount
    else { throw ArchiveError.noDrawsYet(folder: folder) }
    var settings = FitSettings(options)
    settings.choose(options, for: density)
    return Fit(
      model: bound.model, settings: settings, options: options, density: density,
      run: SamplerRun(chains: usable), source: source, startEvaluations: 0,
      seconds: FitSeconds())
  }
}

/// Of an interrupted run, the draws that can stand side by side: of chains that have at least half as many as the longest,
/// as many as the shortest of these. Nil if there are none.
func usableDraws(of chains: [ChainResult]) -> [ChainResult]? {
  let most = chains.map(\.drawCount).max() ?? 0
  guard most > 0 else { return nil }
  let long = chains.filter { 2 * $0.drawCount >= most }.sorted { $0.chain < $1.chain }
  let count = long.map(\.drawCount).min() ?? 0
  return long.map { $0.prefix(count, isComplete: false) }
}

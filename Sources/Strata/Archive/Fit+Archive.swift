#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import StrataModels
import StrataSampling

extension Fit {
  /// The name of the archive in a folder of results.
  static let archiveName = "fit.zarr"

  /// Writes the archive `fit.zarr`: draws, statistics, data, and what is needed to read the fit back. xarray and ArviZ
  /// read it as it is; the same fit gives the same bytes.
  ///
  /// It replaces an earlier one only when it is complete, and a complete fit removes what an interrupted run left.
  /// - Parameters:
  ///   - folder: where it is written.
  ///   - extras: what else it shall hold.
  ///   - stanCSV: also write the draws as Stan does, one file for each chain.
  /// - Throws: ``OutputError``; ``ArchiveError/notArchivable`` for a fit that was not made from a table,
  ///   ``ArchiveError/inUse(folder:)``.
  public func save(
    to folder: OutputFolder, with extras: Set<ArchiveExtra> = [], stanCSV: Bool = false
  ) throws {
    guard let source else { throw ArchiveError.notArchivable }
    let (description, csv) = try RunDescription.make(
      model, options, source, extras: extras, stanCSV: stanCSV)
    let prior =
      try extras.contains(.prior)
      ? model.priorPredictive(
        for: source.table, seed: settings.seed, dropMissing: description.options.dropMissing) : nil
    let lock = try FolderLock(folder.path)
    defer { withExtendedLifetime(lock) {} }
    let path = "\(folder.path)/\(Fit.archiveName)"
    let new = path + ".partial"
    do {
      try FolderFiles.remove(new)
      do {
        var writer = try ArchiveWriter(self, to: new)
        try writer.write(description, csv: csv, prior: prior)
      } catch {
        try? FolderFiles.remove(new)
        throw error
      }
      // At no moment is there half an archive.
      let old = path + ".old"
      try FolderFiles.remove(old)
      if FolderFiles.exists(path) { try FolderFiles.move(path, to: old) }
      try FolderFiles.move(new, to: path)
      try FolderFiles.remove(old)
      if stanCSV { try writeStanCSV(to: folder) }
      if isComplete { try UnfinishedRun.remove(from: folder.path) }
    } catch let failure as FolderFiles.Failure {
      throw OutputError(folder: folder.path, reason: failure.reason)
    }
  }

  /// Reads a fit back from a folder that `strata fit --out` or ``save(to:with:stanCSV:)`` wrote, without fitting: draws,
  /// statistics, settings, summary and diagnostics are the same bits. Of a run that was interrupted, the draws that
  /// are there: ``isComplete`` says so.
  ///
  /// - Parameters:
  ///   - folder: the folder of results, or the archive in it.
  ///   - model: if given, it has to be the one that was fitted.
  ///   - table: if given, it has to have the columns that were fitted; of use where these were too large to be kept.
  /// - Throws: ``ArchiveError``; ``TableError`` for a large table that cannot be read.
  public init(contentsOf folder: String, model: Model? = nil, table: Table? = nil) throws {
    let isArchive = folder.hasSuffix(".zarr") || folder.hasSuffix(".zarr/")
    let path = isArchive ? folder : "\(folder)/\(Fit.archiveName)"
    guard FolderFiles.exists("\(path)/strata/.zattrs") else {
      guard FolderFiles.isFolder(folder) else { throw ArchiveError.noFolder(path: folder) }
      // What an archive was in is not read in its place.
      if FolderFiles.isFolder(path), !FolderFiles.names(in: path).isEmpty {
        throw ArchiveError.broken(
          folder: folder, file: "\(Fit.archiveName)/strata/.zattrs", reason: "is not there")
      }
      guard !isArchive, UnfinishedRun.isThere(in: folder) else {
        throw ArchiveError.noFit(folder: folder)
      }
      self = try UnfinishedRun(contentsOf: folder).fit(model: model, table: table)
      return
    }
    let reader = try ArchiveReader(path, name: folder)
    let (bound, source) = try reader.description.bound(
      try reader.csv(), model: model, table: table, folder: folder)
    let options = reader.description.options.fitOptions()
    let density = try PosteriorDensity(bound, request: options.request, effects: options.effects)
    let starts = density.report.starts.filter { $0.value < density.report.keptCount }
    let chains = try reader.chains(
      ArchiveLayout(bound, starts: starts), width: density.report.keptCount)
    self.init(
      model: bound.model, settings: reader.settings, options: options, density: density,
      run: SamplerRun(chains: chains, rounds: reader.rounds), plan: reader.plan(density),
      source: source,
      startEvaluations: reader.startEvaluations,
      seconds: FitSeconds(recordedIn: "\(path)/../run.json"))
  }

  /// Whether a folder holds a fit, finished or not.
  package static func isThere(in folder: String) -> Bool {
    guard FolderFiles.isFolder(folder) else { return false }
    return FolderFiles.exists("\(folder)/\(archiveName)")
      || FolderFiles.exists("\(folder)/strata/.zattrs") || UnfinishedRun.isThere(in: folder)
  }

  /// Whether a folder with an archive holds a run, too, that has not come to one.
  package static func hasUnfinishedRun(in folder: String) -> Bool {
    FolderFiles.exists("\(folder)/\(archiveName)") && UnfinishedRun.isThere(in: folder)
  }
}

extension RunDescription {
  /// The model with its table, as they were fitted.
  func bound(
    _ csv: [UInt8], model given: Model?, table: Table?, folder: String
  ) throws -> (BoundModel, source: FitSource) {
    let fitted: Model
    do {
      fitted = try Model(model)
    } catch {
      throw ArchiveError.broken(folder: folder, file: "the model's text", reason: "reads: \(error)")
    }
    if let difference = given?.difference(from: fitted) {
      throw ArchiveError.otherModel(folder: folder, difference: difference)
    }
    let source = try self.table(csv, given: table, folder: folder)
    return (
      try fitted.bound(to: source, dropMissing: options.dropMissing),
      FitSource(source, sha256: self.table.sha256)
    )
  }
}

extension FitSeconds {
  /// What the record of a run says; zeros where there is none: an archive says nothing of time.
  fileprivate init(recordedIn path: String) {
    struct Record: Decodable {
      var seconds: RunRecord.Seconds
    }
    let bytes = (try? FolderFiles.read(path)) ?? []
    let seconds = try? JSONDecoder().decode(Record.self, from: Data(bytes)).seconds
    (planning, warmup, sampling) = (
      seconds?.planning ?? 0, seconds?.warmup ?? 0, seconds?.sampling ?? 0
    )
  }
}

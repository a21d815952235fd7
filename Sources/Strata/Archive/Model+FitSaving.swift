public import StrataModels
public import StrataSampling

extension Model {
  /// Samples the posterior, and keeps the draws on disk while they are made: a run that is killed can be gone on with
  /// (``InterruptedRun``), and ends with the draws it would have had.
  ///
  /// Cancelling the task ends the run with the draws there are, in a fit that is not ``Fit/isComplete``. The archive itself is
  /// written by ``Fit/save(to:with:stanCSV:)``.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - options: chains, draws, seed, plan and so on.
  ///   - folder: where the draws are kept. What an interrupted run left there is removed.
  ///   - extras: what the archive shall hold, for the run that goes on.
  ///   - stanCSV: likewise.
  ///   - progress: told how far the chains have come.
  /// - Throws: as ``fit(to:options:progress:)``; ``OutputError`` if nothing can be written;
  ///   ``ArchiveError/inUse(folder:)``; `CancellationError` if there were no draws yet.
  public func fit(
    to table: Table, options: FitOptions = FitOptions(), keepingIn folder: OutputFolder,
    with extras: Set<ArchiveExtra> = [], stanCSV: Bool = false, progress: ProgressHandler? = nil
  ) async throws -> Fit {
    // What cannot be fitted leaves nothing behind.
    let bound = try bound(to: table, dropMissing: options.dropMissing)
    let (description, csv) = try RunDescription.make(
      self, options, FitSource(table), extras: extras, stanCSV: stanCSV)
    let lock = try FolderLock(folder.path)
    defer { withExtendedLifetime(lock) {} }
    let run: UnfinishedRun
    do throws(FolderFiles.Failure) {
      run = try UnfinishedRun(
        description, csv: csv, files: (name, table.contentHash == nil ? nil : table.name),
        in: folder.path)
    } catch {
      try? UnfinishedRun.remove(from: folder.path)
      throw OutputError(folder: folder.path, reason: error.reason)
    }
    do {
      return try await fit(options, progress, source: FitSource(table), keepingIn: run) { bound }
    } catch let error where !(error is CancellationError) {
      try? UnfinishedRun.remove(from: folder.path)
      throw error
    }
  }
}

/// A run that was interrupted, as it was left in a folder of results.
public struct InterruptedRun: Sendable {
  private let run: UnfinishedRun
  private let lock: FolderLock

  /// No other process can write into the folder from now on.
  /// - Throws: ``ArchiveError`` if there is none, it is broken, or another process goes on with it.
  public init(contentsOf folder: String) throws {
    lock = try FolderLock(folder)
    run = try UnfinishedRun(contentsOf: folder)
    let version = run.description.strataVersion
    guard version == strataVersion else {
      throw ArchiveError.otherVersion(folder: folder, found: version)
    }
  }

  /// What was asked for.
  public var options: FitOptions { run.description.options.fitOptions() }

  /// What the archive shall hold.
  public var extras: Set<ArchiveExtra> { Set(run.description.extras) }

  /// Whether the draws shall be written as Stan does, too.
  public var writesStanCSV: Bool { run.description.writesStanCSV }

  /// Goes on, and ends with the same draws as if the run had not been interrupted. If it is interrupted again, as
  /// ``Model/fit(to:options:keepingIn:with:stanCSV:progress:)``.
  ///
  /// - Parameters:
  ///   - table: the table that was fitted, where it was too large to be kept.
  ///   - threads: at most so many; the draws do not depend on it.
  ///   - progress: told how far the chains have come.
  /// - Throws: ``ArchiveError``; else as the fit itself.
  public func resume(
    table: Table? = nil, threads: Int? = nil, progress: ProgressHandler? = nil
  ) async throws -> Fit {
    let (bound, source) = try run.bound(table: table)
    let options = run.description.options.fitOptions(threads: threads)
    return try await bound.model.fit(options, progress, source: source, keepingIn: run) { bound }
  }

  /// What `run.json` says of the fit that it came to.
  public func record(of fit: Fit) -> RunRecord {
    var record = RunRecord(fit, table: fit.source?.table ?? fit.bound.layout.table)
    record.modelFile = run.files.model
    record.data.file = run.files.data
    record.data.sha256 = run.description.table.sha256
    return record
  }
}

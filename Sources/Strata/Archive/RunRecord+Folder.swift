extension RunRecord {
  /// The record of a fit that was read from a folder: what `run.json` says there, if it is of this fit, else what the
  /// archive knows, which is nothing of time and files.
  public init(_ fit: Fit, in folder: String) {
    self = RunRecord(fit, table: fit.source?.table ?? fit.bound.layout.table)
    (data.file, data.sha256) = (nil, fit.source?.sha256)
    let bytes = (try? FolderFiles.read("\(folder)/run.json")) ?? []
    guard let found = ArchiveFiles.decoded(RunRecord.self, bytes),
      found.model == model, found.seed == seed, found.draws == draws, found.chains == chains
    else { return }
    // Times and paths are not in the archive; nothing protects the file that they are in.
    (modelFile, data.file, seconds) = (found.modelFile, found.data.file, found.seconds)
  }
}

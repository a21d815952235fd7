extension RunRecord {
  /// The record of a fit that was read from a folder: what `run.json` says there, if it is of this fit, else what the
  /// archive knows, which is nothing of time and files.
  public init(_ fit: Fit, in folder: String) {
    self = RunRecord(fit, table: fit.source?.table ?? fit.bound.layout.table)
    (data.file, data.sha256) = (nil, fit.source?.sha256)
    let bytes = (try? FolderFiles.read("\(folder)/run.json")) ?? []
    let text = String(decoding: bytes, as: UTF8.self)
    guard let found: RunRecord = try? ArchiveFiles.decode(text: text, in: folder),
      found.model == model, found.seed == seed, found.draws == draws, found.chains == chains
    else { return }
    self = found
  }
}

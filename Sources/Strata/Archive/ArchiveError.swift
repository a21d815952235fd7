/// Why a folder cannot be read as a fit, or not gone on with.
public enum ArchiveError: Error, Equatable, CustomStringConvertible {
  /// There is no such folder.
  case noFolder(path: String)
  /// The folder holds no fit.
  case noFit(folder: String)
  /// A run was begun in the folder, and no draw is there yet.
  case noDrawsYet(folder: String)
  /// Nothing in the folder is left to go on with.
  case nothingUnfinished(folder: String)
  /// Another process is writing into the folder.
  case inUse(folder: String)
  /// Another version of Strata began the run, and its draws would be others.
  case otherVersion(folder: String, found: String)
  /// A newer version of Strata wrote it.
  case newerVersion(folder: String, found: Int, known: Int)
  /// A file of it is missing, or not as it was written.
  case broken(folder: String, file: String, reason: String)
  /// The table is too large to be kept in the archive, and not where it was.
  case tableMoved(folder: String, path: String)
  /// The table given, or the one found where it was, is not the one that was fitted.
  case otherTable(folder: String, table: String, difference: String, isKept: Bool)
  /// The model given is not the one that was fitted.
  case otherModel(folder: String, difference: String)
  /// A fit that was not made from a table has no archive.
  case notArchivable

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .noFolder(let path):
      return "there is no folder \"\(path)\": name one that strata fit wrote with --out"
    case .noFit(let folder):
      return """
        the folder "\(folder)" holds no fit: name a folder that strata fit wrote with --out, or a model \
        with --data
        """
    case .noDrawsYet(let folder):
      return """
        the run in "\(folder)" was stopped before its first draws were on disk. To go on: strata resume \
        \(ShellWord(folder))
        """
    case .nothingUnfinished(let folder):
      return "the folder \"\(folder)\" holds no unfinished run: there is nothing to resume"
    case .inUse(let folder):
      return """
        another process is writing into the folder "\(folder)": wait until it has ended, or name another folder
        """
    case .otherVersion(let folder, let found):
      return """
        Strata \(found) began the run in "\(folder)", and this is \(strataVersion): the draws would not be those of \
        one run. Resume with \(found), or fit again
        """
    case .newerVersion(let folder, let found, let known):
      return """
        the fit in "\(folder)" has archive version \(found), and this Strata (\(strataVersion)) reads versions up to \
        \(known): use a newer Strata
        """
    case .broken(let folder, let file, let reason):
      return """
        the fit in "\(folder)" is broken: \(file) \(reason). Take the folder from a backup, or fit again
        """
    case .tableMoved(let folder, let path):
      return """
        the fit in "\(folder)" keeps no copy of its large table, and "\(path)" is not there: give the table with --data
        """
    case .otherTable(let folder, let table, let difference, let isKept):
      let remedy =
        isKept
        ? "Leave --data out (rows to predict are given with --new)"
        : "The fit keeps no copy of its large table: give it with --data"
      return """
        the table "\(table)" is not the one that was fitted in "\(folder)": \(difference). \(remedy), or fit again
        """
    case .otherModel(let folder, let difference):
      return
        "the model given is not the one that was fitted in \"\(folder)\": \(difference). Fit again"
    case .notArchivable:
      return "a fit that was not made from a table cannot be saved: use Model.fit(to:options:)"
    }
  }
}

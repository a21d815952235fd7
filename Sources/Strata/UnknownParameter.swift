import StrataModels

/// A parameter name that a fit does not have.
public struct UnknownParameter: Error, Equatable, CustomStringConvertible {
  /// The name asked for.
  public var name: String
  /// The most similar name there is.
  public var nearest: String?
  /// What there is: quantities without their levels; the levels of a quantity if only its level is unknown.
  public var known: [String]
  /// What the name was to be of.
  private var kind: String

  /// A name that is not among others.
  package init(name: String, among names: [String], kind: String = "parameter") {
    self.name = name
    self.kind = kind
    nearest = nearestName(to: name, among: names)
    let base = Self.base(name)
    let siblings = names.filter { $0 != base && Self.base($0) == base }
    var seen: Set<Substring> = []
    known =
      !siblings.isEmpty
      ? siblings : names.map(Self.base).filter { seen.insert($0).inserted }.map(String.init)
  }

  private static func base(_ name: String) -> Substring { name.prefix { $0 != "[" } }

  /// `there is no parameter "b[HENEPIN]": did you mean "b[HENNEPIN]"?`, or the names that there are.
  public var description: String {
    let remedy = nearest.map { "did you mean \"\($0)\"?" } ?? listing
    return "there is no \(kind) \"\(name)\": \(remedy)"
  }

  /// `there are mu, tau and theta`.
  private var listing: String {
    guard let last = known.last else { return "there is none" }
    if known.count == 1 { return "there is only \(last)" }
    guard known.count > 10 else {
      return "there are \(known.dropLast().joined(separator: ", ")) and \(last)"
    }
    let rest = known.count - 8
    return "there are \(known.prefix(8).joined(separator: ", ")) and \(rest) more"
  }
}

import Strata
import StrataCharts

/// What a worked example finds: numbers that its tests compare with references, and pictures for its page.
public struct Workflow: Sendable {
  /// Numbers by name.
  public var numbers: [String: Double] = [:]
  /// The fits that it is about, by name.
  public var fits: [String: Fit] = [:]
  /// Pictures by the name of their file, without ending.
  public var pictures: [String: any Chart] = [:]

  /// Nothing found yet.
  public init() {}
}

/// Where the examples' models and tables are: the folder that holds this one.
public let examples = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
  .joined(separator: "/")

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import StrataModels
import StrataSampling

/// Reads what an ``ArchiveWriter`` wrote for Strata itself, and the draws.
struct ArchiveReader {
  /// The attributes of the group `strata`.
  private struct Attributes: Decodable {
    var run: RunDescription
    var settings: FitSettings
    var rounds: FitRounds?
    var plan: ArchivedPlan
    var start_evaluations: Int
    var chains: Int
    var checksums: [String: String]
  }

  private struct Version: Decodable {
    var archive_version: Int
  }

  let description: RunDescription
  let settings: FitSettings
  let rounds: FitRounds?
  let startEvaluations: Int
  private let archivedPlan: ArchivedPlan
  private let chainCount: Int
  private let place: ArchivePlace
  private let zarr: ZarrReader

  /// - Parameters:
  ///   - path: of the Zarr folder.
  ///   - name: of the fit, for messages.
  init(_ path: String, name: String) throws {
    place = ArchivePlace(path: path, fit: name, prefix: "\(Fit.archiveName)/")
    let file = "strata/.zattrs"
    let bytes = try place.read(file)
    try Self.checkVersion(
      try place.decode(Version.self, bytes, of: file).archive_version, name)
    guard Seal.isWhole(bytes) else {
      throw place.broken(file, "is not as it was written: its checksum differs")
    }
    let attributes = try place.decode(Attributes.self, bytes, of: file)
    description = attributes.run
    settings = attributes.settings
    rounds = attributes.rounds
    startEvaluations = attributes.start_evaluations
    archivedPlan = attributes.plan
    chainCount = attributes.chains
    zarr = ZarrReader(place, checksums: attributes.checksums)
  }

  static func checkVersion(_ found: Int, _ name: String) throws {
    guard found > RunDescription.newestVersion else { return }
    throw ArchiveError.newerVersion(
      folder: name, found: found, known: RunDescription.newestVersion)
  }

  /// The plan as it was in the end: what the pilot found is in it.
  func plan(_ density: PosteriorDensity) -> Plan {
    var plan = density.plan
    plan.steps = archivedPlan.steps.map {
      Plan.Step(kind: $0.kind, subject: $0.subject, action: $0.action)
    }
    plan.sampled = archivedPlan.sampled
    return plan
  }

  /// The stored columns of the table; empty if there are none.
  func csv() throws -> [UInt8] {
    description.table.file == nil ? try zarr.bytes("strata/table") : []
  }

  /// The chains with all their draws, as they were.
  func chains(_ layout: ArchiveLayout, width: Int) throws -> [ChainResult] {
    let shape = try zarr.layout("sample_stats/lp", type: "<f8").shape
    let draws = shape.last ?? 0
    guard shape == [chainCount, draws] else {
      throw place.broken("sample_stats/lp/.zarray", "does not have \(chainCount) chains")
    }
    let statistics = try statistics(draws)
    var reported = [[Double]](
      repeating: [Double](repeating: 0, count: draws * width), count: chainCount)
    for variable in layout.variables { try read(variable, draws, width, into: &reported) }
    var states = ByteReader(try zarr.bytes("strata/chains"))
    do {
      let chains = try (0..<chainCount).map { chain in
        try ChainResult(
          archivedState: &states, reported: reported[chain],
          statistics: Array(statistics[chain * draws..<(chain + 1) * draws]))
      }
      if states.isAtEnd { return chains }
    } catch is ByteReader.Ended {}
    throw place.broken("strata/chains/0", "does not fit to the draws")
  }

  private func statistics(_ draws: Int) throws -> [DrawStatistics] {
    let count = chainCount * draws
    func doubles(_ name: String) throws -> [Double] {
      try zarr.words("sample_stats/\(name)", type: "<f8", as: Double.self, count: count)
    }
    func integers(_ name: String) throws -> [Int64] {
      try zarr.words("sample_stats/\(name)", type: "<i8", as: Int64.self, count: count)
    }
    let (lp, energy) = (try doubles("lp"), try doubles("energy"))
    let acceptance = try doubles("acceptance_rate")
    let (depth, steps) = (try integers("tree_depth"), try integers("n_steps"))
    let diverging = try zarr.words(
      "sample_stats/diverging", type: "|b1", as: UInt8.self, count: count)
    return (0..<count).map {
      DrawStatistics(
        logDensity: lp[$0], energy: energy[$0], acceptance: acceptance[$0],
        treeDepth: Int(depth[$0]), leapfrogCount: Int(steps[$0]), isDivergent: diverging[$0] != 0)
    }
  }

  private func read(
    _ variable: ArchiveLayout.Variable, _ draws: Int, _ width: Int, into reported: inout [[Double]]
  ) throws {
    let path = "posterior/\(variable.name)"
    let count = variable.count
    let (shape, chunks) = try zarr.layout(path, type: "<f8")
    let inner = variable.dimension == nil ? [] : [count]
    guard shape == [chainCount, draws] + inner, chunks.dropFirst(2).elementsEqual(inner),
      chainCount % chunks[0] == 0
    else {
      throw place.broken("\(path)/.zarray", "does not fit to the model")
    }
    for first in stride(from: 0, to: chainCount, by: chunks[0]) {
      for start in stride(from: 0, to: draws, by: chunks[1]) {
        let index = [first / chunks[0], start / chunks[1]] + inner.map { _ in 0 }
        let bytes = try zarr.chunk(path, index, byteCount: 8 * chunks[0] * chunks[1] * count)
        bytes.withUnsafeBytes { bytes in
          let numbers = bytes.assumingMemoryBound(to: Double.self)
          for chain in first..<first + chunks[0] {
            reported[chain].withUnsafeMutableBufferPointer { reported in
              for draw in start..<min(start + chunks[1], draws) {
                let from = ((chain - first) * chunks[1] + draw - start) * count
                let to = draw * width + variable.start
                for i in 0..<count { reported[to + i] = numbers[from + i] }
              }
            }
          }
        }
      }
    }
  }
}

/// A plan's lines.
struct ArchivedPlan: Codable {
  struct Step: Codable {
    var kind: Plan.Step.Kind
    var subject: String
    var action: String
  }

  var steps: [Step]
  var sampled: [String]

  init(_ plan: Plan) {
    steps = plan.steps.map { Step(kind: $0.kind, subject: $0.subject, action: $0.action) }
    sampled = plan.sampled
  }
}

import Foundation
import TestSupport
import Testing
import Workflows

/// Numbers of a workflow beside what they should be, with the standard error of the difference.
struct Expectations {
  let workflow: Workflow
  private var comparisons: [Comparison] = []

  init(of workflow: Workflow) { self.workflow = workflow }

  /// A number that the workflow doesn't have fails.
  mutating func expect(_ name: String, _ expected: Double, error: Double) {
    comparisons.append(
      Comparison(
        parameter: name, statistic: .mean, value: workflow.numbers[name] ?? .nan,
        expected: expected, error: error))
  }

  /// A mean over draws that count as so many independent ones.
  mutating func expect(_ name: String, mean: Double, sd: Double, draws: Double) {
    expect(name, mean, error: sd / draws.squareRoot())
  }

  /// A quantile of a distribution close to normal around it: its standard error is √(p (1 − p) / n) over the density.
  mutating func expect(
    _ name: String, quantile: Double, _ probability: Double, density: Double, draws: Double
  ) {
    let share = (probability * (1 - probability) / draws).squareRoot()
    expect(name, quantile, error: share / density)
  }

  /// Prints a line, and fails where a number is beyond what chance allows: once in 10,000 for all numbers together.
  func check(_ name: String) {
    let agreement = Agreement(
      name: name, comparisons: comparisons,
      levels: AgreementLevels(comparisons: max(1, comparisons.count)))
    agreement.report()
    #expect(agreement.failures.isEmpty)
  }
}

/// A posterior under `Examples/expected`.
struct ExpectedPosterior {
  private let parameters: [String: [String: Any]]

  init(_ name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(examples)/expected/\(name).json"))
    let top = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    parameters = ((top["params"] as? [String: Any]) ?? top).compactMapValues {
      $0 as? [String: Any]
    }
  }

  /// The `mean`, `sd`, `q5`, … of a parameter.
  func callAsFunction(_ parameter: String, _ statistic: String) throws -> Double {
    try #require(parameters[parameter]?[statistic] as? Double)
  }
}

/// Sums over the nodes of a quadrature, each with the logarithm of its weight.
struct WeightedNodes<Node> {
  private let nodes: [(node: Node, weight: Double)]
  /// The logarithm of the sum of all weights.
  let logTotal: Double

  init(_ nodes: [(node: Node, logWeight: Double)]) {
    let largest = nodes.reduce(-Double.infinity) { max($0, $1.logWeight) }
    let total = nodes.reduce(0) { $0 + exp($1.logWeight - largest) }
    self.nodes = nodes.map { ($0.node, exp($0.logWeight - largest) / total) }
    logTotal = largest + log(total)
  }

  /// The mean of a function of the nodes.
  func mean(_ value: (Node) -> Double) -> Double {
    nodes.reduce(0) { $0 + ($1.weight > 0 ? $1.weight * value($1.node) : 0) }
  }
}

/// The middles of so many equal parts of an interval.
func middles(_ count: Int, _ lower: Double, _ upper: Double) -> [Double] {
  (0..<count).map { lower + (upper - lower) * (Double($0) + 0.5) / Double(count) }
}

/// log B(a, b).
func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }

/// Φ(z).
func normalProbability(below z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

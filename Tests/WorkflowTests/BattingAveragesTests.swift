import Foundation
import Strata
import Testing
import Workflows

/// Against quadrature over mu_a, sigma_a and the players' effects.
@Suite struct BattingAveragesTests {
  /// Mean and sd of the batting ability of a player with so many hits, for each count that occurs.
  private static func abilities(_ hits: [Double]) -> [Double: (mean: Double, sd: Double)] {
    let counts = Set(hits).sorted()
    let effects = middles(41, -5, 5).map { (z: $0, weight: exp(-$0 * $0 / 2)) }
    typealias Node = [Double: (mean: Double, square: Double)]
    var nodes: [(node: Node, logWeight: Double)] = []
    for mu in middles(50, -1.55, -0.5) {
      for sigma in middles(60, 0, 0.9) {
        var logWeight = -(mu + 1) * (mu + 1) / 2 - sigma * sigma / 2
        let rates = effects.map { 1 / (1 + exp(-mu - sigma * $0.z)) }
        let logs = rates.map { (log($0), log(1 - $0)) }
        var node: Node = [:]
        for count in counts {
          var (total, first, second) = (0.0, 0.0, 0.0)
          for (place, effect) in effects.enumerated() {
            let (p, (yes, no)) = (rates[place], logs[place])
            // Near the largest log likelihood, so that nothing underflows.
            let weight = effect.weight * exp(count * yes + (45 - count) * no + 30)
            total += weight
            first += weight * p
            second += weight * p * p
          }
          node[count] = (first / total, second / total)
          logWeight += log(total) * Double(hits.count { $0 == count })
        }
        nodes.append((node, logWeight))
      }
    }
    let posterior = WeightedNodes(nodes)
    return Dictionary(
      uniqueKeysWithValues: counts.map { count in
        let mean = posterior.mean { $0[count]!.mean }
        let square = posterior.mean { $0[count]!.square }
        return (count, (mean, (square - mean * mean).squareRoot()))
      })
  }

  @Test func agreesWithQuadrature() async throws {
    let season = try Table(contentsOf: "\(examples)/efron_morris.csv")
    let (names, hits) = (try season.text("name"), try season.numbers("hits"))
    let late = try season.numbers("p")
    let abilities = Self.abilities(hits)
    var expected = Expectations(of: try await battingAverages())
    // 20,000 draws of NUTS, a quarter of them counted.
    let draws = 5000.0
    var (squares, slope) = (0.0, 0.0)
    for (player, name) in names.enumerated() {
      let ability = try #require(abilities[hits[player]])
      expected.expect("ability of \(name)", mean: ability.mean, sd: ability.sd, draws: draws)
      squares += (ability.mean - late[player]) * (ability.mean - late[player])
      slope += abs(ability.mean - late[player]) * ability.sd / draws.squareRoot()
    }
    // What the errors of all abilities add up to, if they all push one way.
    let error = (squares / 18).squareRoot()
    expected.expect("RMSE of partial pooling", error, error: slope / (18 * error))
    expected.check("batting averages")

    let numbers = expected.workflow.numbers
    let (own, all) = (
      try #require(numbers["RMSE of own averages"]),
      try #require(numbers["RMSE of the average of all"])
    )
    // Arithmetic on the table alone.
    let raw = try season.numbers("y")
    let square = zip(raw, late).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(abs(own - (square / 18).squareRoot()) < 1e-12)
    #expect(error < own && error < all)
    // 18 intervals of 90 %: 16.2 expected, fewer than 12 once in 300 times.
    #expect(try #require(numbers["players inside their 90 % interval"]) >= 12)
  }
}

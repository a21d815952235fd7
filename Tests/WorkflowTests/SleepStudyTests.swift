import Foundation
import Strata
import Testing
import Workflows

/// Against quadrature over the three scales: given them, lines of people and of the population are normal. Everyone was
/// measured on the same days, so that the least-squares lines say all there is to say.
@Suite struct SleepStudyTests {
  /// A symmetric matrix of two rows.
  private struct Pair {
    var a: Double
    var ab: Double
    var b: Double
    var determinant: Double { a * b - ab * ab }
    var inverse: Pair { Pair(a: b / determinant, ab: -ab / determinant, b: a / determinant) }
    static func + (x: Pair, y: Pair) -> Pair { Pair(a: x.a + y.a, ab: x.ab + y.ab, b: x.b + y.b) }
    static func * (x: Double, y: Pair) -> Pair { Pair(a: x * y.a, ab: x * y.ab, b: x * y.b) }
    func times(_ v: (Double, Double)) -> (Double, Double) {
      (a * v.0 + ab * v.1, ab * v.0 + b * v.1)
    }
    /// The inner product of a matrix with another.
    func dot(_ other: Pair) -> Double { a * other.a + 2 * ab * other.ab + b * other.b }
  }

  /// Least-squares lines, their mean and scatter, and what they leave.
  private struct Lines {
    var mean = (0.0, 0.0)
    var scatter = Pair(a: 0, ab: 0, b: 0)
    var residual = 0.0
    var lines: [String: (Double, Double)] = [:]
    /// Of the days 0…9: sums of 1, x and x².
    static let design = Pair(a: 10, ab: 45, b: 285)

    init() throws {
      let table = try Table(contentsOf: "\(examples)/sleepstudy.csv")
      let (people, days) = (try table.text("Subject"), try table.numbers("Days"))
      let times = try table.numbers("Reaction")
      for person in Set(people).sorted() {
        let rows = people.indices.filter { people[$0] == person }
        try #require(rows.map { days[$0] } == (0..<10).map(Double.init))
        let sums = rows.reduce(into: (0.0, 0.0)) {
          $0.0 += times[$1]
          $0.1 += days[$1] * times[$1]
        }
        let line = Self.design.inverse.times(sums)
        lines[person] = line
        residual += rows.reduce(0) {
          let e = times[$1] - line.0 - line.1 * days[$1]
          return $0 + e * e
        }
      }
      for line in lines.values {
        mean.0 += line.0 / 18
        mean.1 += line.1 / 18
      }
      for line in lines.values {
        let (u, v) = (line.0 - mean.0, line.1 - mean.1)
        scatter = scatter + Pair(a: u * u, ab: u * v, b: v * v)
      }
    }
  }

  /// What follows if the scales are known.
  private struct GivenScales {
    var scales: (a: Double, b: Double, e: Double)
    /// Of (mu_a, mu_b).
    var mean: (Double, Double)
    var variance: Pair
    /// Of a person's line around its mean given that of the population.
    var weight: Pair
    var logLikelihood: Double

    init(_ a: Double, _ b: Double, _ e: Double, _ data: Lines) {
      scales = (a, b, e)
      let total = Pair(a: a * a, ab: 0, b: b * b) + e * e * Lines.design.inverse
      weight = total.inverse
      let prior = Pair(a: 1e-4, ab: 0, b: 1.0 / 2500)
      let precision = prior + 18 * weight
      variance = precision.inverse
      let pull = weight.times(data.mean)
      let right = (18 * pull.0 + 250e-4, 18 * pull.1)
      mean = variance.times(right)
      let inside = right.0 * mean.0 + right.1 * mean.1
      let outside = 18 * (data.mean.0 * pull.0 + data.mean.1 * pull.1)
      // 180 rows, two numbers of each person in the lines.
      logLikelihood =
        -9 * log(total.determinant) - weight.dot(data.scatter) / 2 - (outside - inside) / 2
        - log(precision.determinant) / 2 - (180 - 36) * log(e) - data.residual / (2 * e * e)
    }

    /// Of a person's line given the population's; two people share nothing else, and the population cancels between them.
    var personVariance: Pair {
      let own = Pair(a: 1 / (scales.a * scales.a), ab: 0, b: 1 / (scales.b * scales.b))
      return (own + (1 / (scales.e * scales.e)) * Lines.design).inverse
    }

    /// The line of a person with that least-squares line: its mean given all.
    func line(_ own: (Double, Double)) -> (Double, Double) {
      let d = weight.times((own.0 - mean.0, own.1 - mean.1))
      return (mean.0 + scales.a * scales.a * d.0, mean.1 + scales.b * scales.b * d.1)
    }
  }

  @Test func agreesWithQuadrature() async throws {
    let data = try Lines()
    let posterior = WeightedNodes(
      middles(40, 8, 62).flatMap { a in
        middles(40, 2, 15).flatMap { b in
          middles(40, 20, 33).map { e in
            let given = GivenScales(a, b, e, data)
            let prior = -(a * a + e * e) / 5000 - b * b / 800
            return (given, given.logLikelihood + prior)
          }
        }
      })
    var expected = Expectations(of: try await sleepStudy())
    let fresh = posterior.mean { $0.mean.0 + 10 * $0.mean.1 }
    let square = posterior.mean {
      let mean = $0.mean.0 + 10 * $0.mean.1
      let lines =
        $0.variance + Pair(a: $0.scales.a * $0.scales.a, ab: 0, b: $0.scales.b * $0.scales.b)
      return mean * mean + lines.dot(Pair(a: 1, ab: 10, b: 100)) + $0.scales.e * $0.scales.e
    }
    let sd = (square - fresh * fresh).squareRoot()
    // 20,000 draws of NUTS over the scales, with new effects and noise in each: half of them counted.
    let draws = 10_000.0
    expected.expect("a new person on day 10", mean: fresh, sd: sd, draws: draws)
    expected.expect("a new person on day 10, sd", sd, error: sd / (2 * draws).squareRoot())
    let own = try #require(data.lines["308"])
    let known = posterior.mean {
      let line = $0.line(own)
      return line.0 + 10 * line.1
    }
    // One person's prediction varies by less than a new one's.
    expected.expect("308 on day 10", mean: known, sd: sd, draws: draws)
    let other = try #require(data.lines["337"])
    let slower = posterior.mean { given in
      let difference = given.line(own).1 - given.line(other).1
      return normalProbability(below: difference / (2 * given.personVariance.b).squareRoot())
    }
    expected.expect(
      "P(308 slows down more than 337)", mean: slower, sd: (slower * (1 - slower)).squareRoot(),
      draws: draws)
    // The reference has the means of a person's coefficients.
    let reference = try ExpectedPosterior("sleepstudy_varying_intercept_slope")
    let means = try reference("mu_a", "mean") + 10 * reference("mu_b", "mean")
    #expect(abs(means - fresh) < 0.1)
    expected.check("sleep study")

    let numbers = expected.workflow.numbers
    let difference = try #require(numbers["elpd of one line, difference"])
    #expect(difference < -4 * (try #require(numbers["its standard error"])))
  }
}

/// loglik.csv and loo-reference.csv under Reference; how they are made is said there.
struct LooReference {
  /// Set name to observations, each with all its draws, chain after chain.
  let logLikelihoods: [String: [[Double]]]
  /// Number of chains of each set.
  let chains: [String: Int]
  /// "set/name" to value, NaN for NA.
  let values: [String: Double]

  static let shared = LooReference()

  private init() {
    var draws: [String: [[Double]]] = [:]
    var lines: [String: Int] = [:]
    for fields in Reference.lines("loglik.csv") {
      let (name, observation) = (fields[0], Int(fields[1])!)
      if draws[name, default: []].count <= observation { draws[name, default: []].append([]) }
      draws[name]![observation] += fields.dropFirst(2).map { Double($0)! }
      lines[name, default: 0] += 1
    }
    logLikelihoods = draws
    chains = draws.reduce(into: [:]) { $0[$1.key] = lines[$1.key]! / $1.value.count }
    values = Reference.lines("loo-reference.csv").reduce(into: [:]) {
      $0["\($1[0])/\($1[1])"] = $1[2] == "NA" ? .nan : Double($1[2].lowercased())!
    }
  }

  /// The value of a set, an observation's if one is given.
  func value(_ set: String, _ name: String, _ observation: Int? = nil) -> Double {
    values["\(set)/\(name)" + (observation.map { "@\($0)" } ?? "")]!
  }

  /// Names of the sets of log-likelihoods that loo was given.
  static let sets = [
    "normal", "correlated", "heavy", "wide", "poisson", "ties", "long", "one_chain", "small",
    "tiny", "offset",
  ]
}

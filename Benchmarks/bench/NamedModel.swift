import Strata

/// A model with its table, as the benchmarks name it.
struct NamedModel: Sendable {
  var name: String
  var make: @Sendable () throws -> (Model, Table)
  /// How it is fitted: chains, warmup and draws.
  var lengths = Lengths()
  var seeds = 3

  struct Lengths: Sendable {
    var chains = 4
    var warmup = 1000
    var draws = 1000
  }

  /// The models that Peers/ runs on other engines too. The two large tables are made here, from other seeds.
  static let all = [
    NamedModel(name: "radon") {
      (
        // Non-centred by hand, for the plans that integrate nothing.
        try Model(contentsOf: Checkout.root + "/Benchmarks/Peers/models/radon.strata"),
        try Table(contentsOf: Checkout.example("radon.csv"))
      )
    },
    NamedModel(name: "85 radon regressions") {
      (
        try Model(contentsOf: Checkout.root + "/Benchmarks/Peers/models/separate.strata"),
        try Table(contentsOf: Checkout.example("radon.csv"))
      )
    },
    NamedModel(name: "response times") { try example("response_times") },
    NamedModel(name: "water quality") {
      try example("water_quality", table: "water_quality_18_3_3")
    },
    NamedModel(name: "sites") { try example("sites") },
    NamedModel(name: "eight schools") { try example("eight_schools") },
    NamedModel(
      name: "logistic",
      make: { (try Model(Synthetic.logisticText), try Synthetic.logistic()) },
      lengths: Lengths(warmup: 500, draws: 500), seeds: 1),
    NamedModel(
      name: "normal", make: { (try Model(Synthetic.normalText), try Synthetic.normal()) }, seeds: 1),
  ]

  private static func example(_ name: String, table: String? = nil) throws -> (Model, Table) {
    (
      try Model(contentsOf: Checkout.example(name + ".strata")),
      try Table(contentsOf: Checkout.example((table ?? name) + ".csv"))
    )
  }
}

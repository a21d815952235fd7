import TestSupport

extension ReferencePosterior {
  /// Reads `mean`, `sd`, `q5`, `q50`, `q95` and the error of the mean under whichever name. Nil
  /// without a mean.
  init?(_ json: JSONValue) {
    guard let fields = json.object, let mean = fields["mean"]?.number else { return nil }
    let quantiles = [("q5", 0.05), ("q50", 0.5), ("q95", 0.95)].compactMap { name, probability in
      fields[name]?.number.map { (probability: probability, value: $0) }
    }
    let errors = ["mcse", "mcse_mean", "err_mean"].compactMap { fields[$0]?.number }
    self.init(
      mean: mean, sd: fields["sd"]?.number, quantiles: quantiles, meanError: errors.first ?? 0)
  }

  /// All parameters of a file, by name: under `params`, or at the top.
  static func all(contentsOf path: String) throws -> [(parameter: String, reference: Self)] {
    let top = try JSONValue(contentsOf: path).object ?? [:]
    let parameters = top["params"]?.object ?? top
    return parameters.sorted { $0.key < $1.key }.compactMap { name, json in
      ReferencePosterior(json).map { (name, $0) }
    }
  }
}

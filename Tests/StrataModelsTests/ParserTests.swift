import StrataModels
import Testing

@Suite struct ParserTests {
  @Test func radonModel() throws {
    let text = """
      # radon.strata — radon in Minnesota homes, varying intercept and slope
      mu_a      ~ Normal(0, 1)
      sigma_a   ~ HalfCauchy(1)
      mu_b      ~ Normal(0, 1)
      sigma_b   ~ HalfCauchy(1)
      a[county] ~ Normal(mu_a, sigma_a)
      b[county] ~ Normal(mu_b, sigma_b)
      eps       ~ HalfCauchy(1)
      log_radon ~ Normal(a[county] + b[county] * floor, eps)
      """
    let model = try Model(text, name: "radon.strata")
    #expect(model.statements.count == 8)
    #expect(
      model.description == """
        mu_a ~ Normal(0, 1)
        sigma_a ~ HalfCauchy(1)
        mu_b ~ Normal(0, 1)
        sigma_b ~ HalfCauchy(1)
        a[county] ~ Normal(mu_a, sigma_a)
        b[county] ~ Normal(mu_b, sigma_b)
        eps ~ HalfCauchy(1)
        log_radon ~ Normal(a[county] + b[county] * floor, eps)

        """)
    #expect(model.statements[4].target == .grouped("a", by: ["county"]))
    #expect(try Model(model.description) == model)
  }
}

import StrataModels
import Testing

/// What is no error but worth a note; and what is not.
@Suite struct BindingNoteTests {
  @Test(arguments: [
    BindingCase(
      "nothing to note",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      ""),
    BindingCase(
      "one row",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      the table has a single row
      """,
      table: """
        y
        1
        """),
    BindingCase(
      "one level",
      """
      a[one] ~ Normal(0, s)
      s ~ HalfNormal(1)
      y ~ Normal(a[one], s)
      """,
      """
      `one` has a single level, k: the data say nothing about how levels differ
      """),
    BindingCase(
      "constant column",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * const, s)
      """,
      """
      the column `const` is 7 in every row: its coefficient cannot be told from an intercept
      """),
    BindingCase(
      "constant trials",
      """
      m ~ Normal(0, 1)
      hits ~ Binomial(const, logit = m)
      """,
      ""),
    BindingCase(
      "constant outcome",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      const ~ Normal(m, s)
      """,
      """
      the column `const` is 7 in every row: an outcome that does not vary
      """),
    BindingCase(
      "huge column",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * big, s)
      """,
      """
      the values of `big` reach 3000000000000: priors must be of a matching size; rescaling the column makes them easier to choose
      """),
    BindingCase(
      "tiny column",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * tiny, s)
      """,
      """
      the values of `tiny` reach 3e-12: priors must be of a matching size; rescaling the column makes them easier to choose
      """),
    BindingCase(
      "huge outcome",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      big ~ Normal(m, s)
      """,
      """
      the values of `big` reach 3000000000000: priors must be of a matching size; rescaling the column makes them easier to choose
      """),
    BindingCase(
      "parameter without data",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      q ~ Normal(m, 1)
      r[county] ~ Normal(q, 1)
      y ~ Normal(m, s)
      """,
      """
      no data reach `q`: its posterior is its prior
      no data reach `r`: its posterior is its prior
      """),
    BindingCase(
      "hyperparameter with data",
      """
      q ~ Normal(0, 1)
      m ~ Normal(q, 1)
      low ~ Normal(-9, 1)
      s ~ Uniform(low, 9)
      y ~ Normal(m, s)
      """,
      ""),
  ])
  func note(_ model: BindingCase) throws {
    let notes = try Bound(model: model.model, table: model.table).bound().notes
    #expect(notes.joined(separator: "\n") == model.message)
  }
}

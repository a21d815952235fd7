import Testing

/// Quantities per row, priors of groups, coefficient vectors: each rule by the exact message of a model that breaks it.
@Suite struct BindingGroupsTests {
  @Test(arguments: [
    BindingCase(
      "row quantity in a scalar prior",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      eta = m * x
      q ~ Normal(eta, 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:4:1: `q` is not a column of the table, but its distribution has a value per row (`eta`): the table has the columns `county`, `state`, `y`, `x`, `u`, `count`, `bin`, `size`, `hits`, `earn`, `use`, `se` and 8 more; a parameter per level is written `q[column]`
        q ~ Normal(eta, 1)
        ^
      """),
    BindingCase(
      "row quantity in a group prior",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      eta = m * x
      q[county] ~ Normal(eta, 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:4:20: `eta` has one value per row of the table and cannot be used here
        q[county] ~ Normal(eta, 1)
                           ^^^
      """),
    BindingCase(
      "row quantity in a row prior",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      eta = m * x
      q[row] ~ Normal(eta, 1)
      y ~ Normal(q[row], s)
      """,
      """
      m.strata:4:17: `eta` has one value per row of the table and cannot be used here: define it as `eta[row] = …` and write `eta[row]`
        q[row] ~ Normal(eta, 1)
                        ^^^
      """),
    BindingCase(
      "row group in a coarser prior",
      """
      z[row] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      q[county] ~ Normal(z[row], 1)
      y ~ Normal(q[county], s)
      """,
      """
      m.strata:3:20: `z[row]` has one value per row of the table and cannot be used here
        q[county] ~ Normal(z[row], 1)
                           ^^^^^^
      """),
    BindingCase(
      "crossed factor in a group prior",
      """
      k[use] ~ Normal(0, 1)
      q[county] ~ Normal(k[use], 1)
      s ~ HalfNormal(1)
      y ~ Normal(q[county], s)
      """,
      """
      m.strata:2:20: t.csv: column "use" must be constant within each level of county, but in A it is Y on line 2 and N on line 3
        q[county] ~ Normal(k[use], 1)
                           ^^^^^^
      """),
    BindingCase(
      "predictor not constant in a level",
      """
      m ~ Normal(0, 1)
      q[county] ~ Normal(m * x, 1)
      s ~ HalfNormal(1)
      y ~ Normal(q[county], s)
      """,
      """
      m.strata:2:24: t.csv: column "x" must be constant within each level of county, but in A it is 0.1 on line 2 and -0.3 on line 3
        q[county] ~ Normal(m * x, 1)
                               ^
      """),
    BindingCase(
      "text predictor not constant in a level",
      """
      m ~ Normal(0, 1)
      q[county] ~ Normal(m * (use == "Y"), 1)
      s ~ HalfNormal(1)
      y ~ Normal(q[county], s)
      """,
      """
      m.strata:2:25: t.csv: column "use" must be constant within each level of county, but in A it is Y on line 2 and N on line 3
        q[county] ~ Normal(m * (use == "Y"), 1)
                                ^^^
      """),
    BindingCase(
      "coefficient vector without dot",
      """
      b[columns: x, u] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(b * x, s)
      """,
      """
      m.strata:3:12: `b` is a coefficient vector: write `dot(b)`
        y ~ Normal(b * x, s)
                   ^
      """),
    BindingCase(
      "coefficient vector with brackets",
      """
      b[columns: x, u] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(b[county], s)
      """,
      """
      m.strata:3:12: `b` is a coefficient vector: write `dot(b)`
        y ~ Normal(b[county], s)
                   ^^^^^^^^^
      """),
    BindingCase(
      "dot of a scalar",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(dot(m), s)
      """,
      """
      m.strata:3:12: `m` is not a coefficient vector: declare it as `m[columns: …] ~ …`
        y ~ Normal(dot(m), s)
                   ^^^^^^
      """),
    BindingCase(
      "dot of an unknown name",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m + dot(beta), s)
      """,
      """
      m.strata:3:16: `beta` is neither a column of the table nor a parameter: give it a prior, or check the table's columns
        y ~ Normal(m + dot(beta), s)
                       ^^^^^^^^^
      """),
    BindingCase(
      "dot of other columns",
      """
      b[columns: x, u] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(dot(columns: u, x; b), s)
      """,
      """
      m.strata:3:12: `b` was declared over the columns x, u, in this order
        y ~ Normal(dot(columns: u, x; b), s)
                   ^^^^^^^^^^^^^^^^^^^^^
      """),
    BindingCase(
      "dot per level",
      """
      b[columns: u] ~ Normal(0, 1)
      q[county] ~ Normal(dot(b), 1)
      s ~ HalfNormal(1)
      y ~ Normal(q[county], s)
      """,
      """
      m.strata:2:20: a sum over columns has one value per row and cannot be used here
        q[county] ~ Normal(dot(b), 1)
                           ^^^^^^
      """),
    BindingCase(
      "unknown column of coefficients",
      """
      b[columns: x, uu] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(dot(b), s)
      """,
      """
      m.strata:1:1: the table has no column `uu`: it has the columns `county`, `state`, `y`, `x`, `u`, `count`, `bin`, `size`, `hits`, `earn`, `use`, `se` and 8 more
        b[columns: x, uu] ~ Normal(0, 1)
        ^^^^^^^^^^^^^^^^^
      """),
    BindingCase(
      "coefficients of text",
      """
      b[columns: x, county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(dot(b), s)
      """,
      """
      m.strata:3:12: t.csv, line 2 (row 1), column "county": expected a number, found "A"; use it as a factor, `name[county]`, or compare it with one of its values, `county == "…"`
        y ~ Normal(dot(b), s)
                   ^^^^^^
      """),
    BindingCase(
      "column in a coefficient prior",
      """
      b[columns: x, u] ~ Normal(x, 1)
      s ~ HalfNormal(1)
      y ~ Normal(dot(b), s)
      """,
      """
      m.strata:1:27: `x` is a column, with one value per row of the table, and cannot be used here
        b[columns: x, u] ~ Normal(x, 1)
                                  ^
      """),
    BindingCase(
      "coefficients set equal",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      b[columns: x, u] = m
      y ~ Normal(dot(b), s)
      """,
      """
      m.strata:3:18: a coefficient vector needs a prior: write `~` instead of `=` after `b[columns: …]`
        b[columns: x, u] = m
                         ^
      """),
  ])
  func message(_ bad: BindingCase) { bad.check() }
}

import Testing

/// Roles: what is observed, what is a parameter: each rule by the exact message of a model that breaks it.
@Suite struct BindingRolesTests {
  @Test(arguments: [
    BindingCase(
      "nothing observed",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      """,
      """
      m.strata: no line of the model has a column of the table left of `~`: nothing is observed. The table has the columns `county`, `state`, `y`, `x`, `u`, `count`, `bin`, `size`, `hits`, `earn`, `use`, `se` and 8 more
      """),
    BindingCase(
      "nothing observed, a near name",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      eanr ~ Normal(m, s)
      """,
      """
      m.strata:3:1: no line of the model has a column of the table as its target: did you mean `earn`?
        eanr ~ Normal(m, s)
        ^^^^
      """),
    BindingCase(
      "misspelt outcome",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      cuont ~ Normal(a[county], s)
      """,
      """
      m.strata:3:1: `cuont` is not a column of the table, but its distribution has a value per row (`a[county]`): did you mean `count`?
        cuont ~ Normal(a[county], s)
        ^^^^^
      """),
    BindingCase(
      "misspelt outcome, nothing near",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      height ~ Normal(a[county], s)
      """,
      """
      m.strata:3:1: `height` is not a column of the table, but its distribution has a value per row (`a[county]`): the table has the columns `county`, `state`, `y`, `x`, `u`, `count`, `bin`, `size`, `hits`, `earn`, `use`, `se` and 8 more; a parameter per level is written `height[column]`
        height ~ Normal(a[county], s)
        ^^^^^^
      """),
    BindingCase(
      "misspelt outcome of counts",
      """
      m ~ Normal(0, 1)
      conut ~ Poisson(3)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:2:9: `conut` is not a column, so a parameter, and Poisson is a distribution of whole numbers, which cannot be sampled here: if the outcome is meant, did you mean `count`?
        conut ~ Poisson(3)
                ^^^^^^^
      """),
    BindingCase(
      "no parameters",
      """
      y ~ Normal(0, 1)
      """,
      """
      m.strata: the model has no parameters: nothing is left to infer
      """),
    BindingCase(
      "column and parameter",
      """
      x ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(x, s)
      """,
      """
      m.strata:3:12: `x` is a column of the table, so line 1 makes it data, and here it stands like a parameter: rename the parameter or the column
        y ~ Normal(x, s)
                   ^
      """),
    BindingCase(
      "column and group parameter",
      """
      x[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:1:1: `x` is a column of the table and cannot be the name of a parameter too: rename one of them
        x[county] ~ Normal(0, 1)
        ^^^^^^^^^
      """),
    BindingCase(
      "column and deterministic quantity",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      x = 2 * m
      y ~ Normal(m, s)
      """,
      """
      m.strata:3:1: `x` is a column of the table and cannot be the name of a deterministic quantity too: rename one of them
        x = 2 * m
        ^
      """),
    BindingCase(
      "outcome on its own right side",
      """
      s ~ HalfNormal(1)
      y ~ Normal(y, s)
      """,
      """
      m.strata:2:12: `y` is the outcome of this line and cannot stand right of `~` too
        y ~ Normal(y, s)
                   ^
      """),
    BindingCase(
      "column observed twice",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      y ~ Normal(m, s)
      """,
      """
      m.strata:4:1: the column `y` is given a distribution twice
        y ~ Normal(m, s)
        ^
      """),
    BindingCase(
      "duplicate parameter",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      m ~ Cauchy(0, 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:3:1: `m` is defined twice, first on line 1
        m ~ Cauchy(0, 1)
        ^
      """),
    BindingCase(
      "duplicate group",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      a = 3
      y ~ Normal(a[county], s)
      """,
      """
      m.strata:3:1: `a` is defined twice, first on line 1
        a = 3
        ^
      """),
    BindingCase(
      "expression set equal",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      log(earn) = m
      """,
      """
      m.strata:4:1: expected a name left of `=`, such as `mu` or `a[county]`
        log(earn) = m
        ^^^^^^^^^
      """),
    BindingCase(
      "parameter left of ~",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      log(earn) * m ~ Normal(0, s)
      """,
      """
      m.strata:4:13: left of `~` an expression holds columns only, and `m` is a parameter or quantity
        log(earn) * m ~ Normal(0, s)
                    ^
      """),
    BindingCase(
      "expression of an unknown column",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      log(earm) ~ Normal(m, s)
      """,
      """
      m.strata:3:5: the table has no column `earm`: did you mean `earn`?
        log(earm) ~ Normal(m, s)
            ^^^^
      """),
  ])
  func message(_ bad: BindingCase) { bad.check() }
}

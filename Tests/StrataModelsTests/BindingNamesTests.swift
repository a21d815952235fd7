import Testing

/// Names, brackets, levels and cycles: each rule by the exact message of a model that breaks it.
@Suite struct BindingNamesTests {
  @Test(arguments: [
    BindingCase(
      "unknown name",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m + bb, s)
      """,
      """
      m.strata:3:16: `bb` is neither a column of the table nor a parameter: give it a prior, or check the table's columns
        y ~ Normal(m + bb, s)
                       ^^
      """),
    BindingCase(
      "unknown name, a near one",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      sigma ~ HalfNormal(1)
      y ~ Normal(m, sgma)
      """,
      """
      m.strata:4:15: `sgma` is neither a column of the table nor a parameter: did you mean `sigma`?
        y ~ Normal(m, sgma)
                      ^^^^
      """),
    BindingCase(
      "parameter without prior in brackets",
      """
      s ~ HalfNormal(1)
      y ~ Normal(q[county], s)
      """,
      """
      m.strata:2:12: `q` is neither a column of the table nor a parameter: give it a prior, or check the table's columns
        y ~ Normal(q[county], s)
                   ^^^^^^^^^
      """),
    BindingCase(
      "cycle",
      """
      a ~ Normal(b, 1)
      b ~ Normal(a, 1)
      s ~ HalfNormal(1)
      y ~ Normal(a, s)
      """,
      """
      m.strata:2:12: the model goes round in a circle: `a` needs `b` needs `a`
        b ~ Normal(a, 1)
                   ^
      """),
    BindingCase(
      "cycle of three",
      """
      a ~ Normal(b, 1)
      b = c + 1
      c ~ Normal(2 * a, 1)
      s ~ HalfNormal(1)
      y ~ Normal(a, s)
      """,
      """
      m.strata:3:16: the model goes round in a circle: `a` needs `b` needs `c` needs `a`
        c ~ Normal(2 * a, 1)
                       ^
      """),
    BindingCase(
      "self-reference",
      """
      a ~ Normal(a, 1)
      s ~ HalfNormal(1)
      y ~ Normal(a, s)
      """,
      """
      m.strata:1:12: the model goes round in a circle: `a` needs `a`
        a ~ Normal(a, 1)
                   ^
      """),
    BindingCase(
      "self-reference of a row quantity",
      """
      eta = eta + x
      s ~ HalfNormal(1)
      y ~ Normal(eta, s)
      """,
      """
      m.strata:1:7: the model goes round in a circle: `eta` needs `eta`
        eta = eta + x
              ^^^
      """),
    BindingCase(
      "group without brackets",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(a, s)
      """,
      """
      m.strata:3:12: `a` has one value per level of `county`: write `a[county]`
        y ~ Normal(a, s)
                   ^
      """),
    BindingCase(
      "row group without brackets",
      """
      z[row] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(z, s)
      """,
      """
      m.strata:3:12: `z` has one value per level of `row`: write `z[row]`
        y ~ Normal(z, s)
                   ^
      """),
    BindingCase(
      "scalar with brackets",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m[county], s)
      """,
      """
      m.strata:3:12: `m` has no levels: write it without brackets
        y ~ Normal(m[county], s)
                   ^^^^^^^^^
      """),
    BindingCase(
      "column with brackets",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m + x[county], s)
      """,
      """
      m.strata:3:16: `x` is a column: it has no levels to look up
        y ~ Normal(m + x[county], s)
                       ^^^^^^^^^
      """),
    BindingCase(
      "wrong factor",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(a[state], s)
      """,
      """
      m.strata:3:12: `a` has one value per level of `county`: write `a[county]`
        y ~ Normal(a[state], s)
                   ^^^^^^^^
      """),
    BindingCase(
      "wrong factor of two",
      """
      c[county, use] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(c[use, county], s)
      """,
      """
      m.strata:3:12: `c` has one value per level of `county, use`: write `c[county, use]`
        y ~ Normal(c[use, county], s)
                   ^^^^^^^^^^^^^^
      """),
    BindingCase(
      "unknown column in brackets",
      """
      a[conty] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      m ~ Normal(0, 1)
      """,
      """
      m.strata:1:1: the table has no column `conty`: did you mean `county`?
        a[conty] ~ Normal(0, 1)
        ^^^^^^^^
      """),
    BindingCase(
      "unknown column in brackets, nothing near",
      """
      a[region] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      m ~ Normal(0, 1)
      """,
      """
      m.strata:1:1: the table has no column `region`: it has the columns `county`, `state`, `y`, `x`, `u`, `count`, `bin`, `size`, `hits`, `earn`, `use`, `se` and 8 more
        a[region] ~ Normal(0, 1)
        ^^^^^^^^^
      """),
    BindingCase(
      "unknown column in an expression",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(a[countyy], s)
      """,
      """
      m.strata:3:12: the table has no column `countyy`: did you mean `county`?
        y ~ Normal(a[countyy], s)
                   ^^^^^^^^^^
      """),
    BindingCase(
      "unknown level",
      """
      a[county] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      d = a["D"] - a["A"]
      y ~ Normal(a[county], s)
      """,
      """
      m.strata:3:5: `county` has no level "D": there are "A", "B", "C"
        d = a["D"] - a["A"]
            ^^^^^^
      """),
    BindingCase(
      "unknown level, a near one",
      """
      a[dose] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      d = a["hihg"]
      y ~ Normal(a[dose], s)
      """,
      """
      m.strata:3:5: `dose` has no level "hihg": did you mean "high"?
        d = a["hihg"]
            ^^^^^^^^^
      """),
    BindingCase(
      "too few levels",
      """
      c[county, use] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      d = c["A"]
      y ~ Normal(c[county, use], s)
      """,
      """
      m.strata:3:5: a level of `c` is named by 2 texts, one per column, for `county, use`, and here by 1
        d = c["A"]
            ^^^^^^
      """),
    BindingCase(
      "unknown combination",
      """
      c[county, state] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      d = c["A", "s"]
      y ~ Normal(c[county, state], s)
      """,
      """
      m.strata:3:5: `county, state` has no level "A", "s": did you mean "A", "n"?
        d = c["A", "s"]
            ^^^^^^^^^^^
      """),
    BindingCase(
      "unknown row",
      """
      z[row] ~ Normal(0, 1)
      s ~ HalfNormal(1)
      d = z["7"]
      y ~ Normal(z[row], s)
      """,
      """
      m.strata:3:5: the table has no row "7": rows are named by their numbers, from 1
        d = z["7"]
            ^^^^^^
      """),
  ])
  func message(_ bad: BindingCase) { bad.check() }
}

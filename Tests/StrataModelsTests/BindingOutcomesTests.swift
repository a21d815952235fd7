import Testing

/// Data outside a distribution's support, and cells that are no numbers: each rule by the exact message of a model that breaks it.
@Suite struct BindingOutcomesTests {
  @Test(arguments: [
    BindingCase(
      "negative count",
      """
      m ~ Normal(0, 1)
      y ~ Poisson(log = m)
      """,
      """
      m.strata:2:1: `y` is -1 in t.csv, line 5 (row 4), and data of Poisson must be a whole number, 0 or more
        y ~ Poisson(log = m)
        ^
      """,
      table: """
        county,state,y,x,u,count,bin,size,hits,earn,use,se,frac,pos,const,big,tiny,one,dose,wide name
        A,n,1,0.1,2,3,1,5,2,10,Y,1,0.5,2,7,2e12,1e-12,k,low,1
        A,n,2,-0.3,2,0,0,6,6,20,N,2,0.2,3,7,-1e12,2e-12,k,high,2
        B,n,0,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3
        B,n,-1,0.4,5,2,1,9,3,5,N,3,0.9,4,7,3e12,0,k,mid,4
        C,s,0,0.9,-1,1,0,3,1,8,Y,1,0.1,6,7,1,1e-12,k,low,5
        C,s,3,-2,-1,4,0,2,2,60,N,2,0.4,5,7,2,3e-12,k,high,6
        """),
    BindingCase(
      "count not whole",
      """
      m ~ Normal(0, 1)
      y ~ NegBinomial(log = m, dispersion = 1)
      """,
      """
      m.strata:2:1: `y` is 2.5 in t.csv, line 3 (row 2), and data of NegBinomial must be a whole number, 0 or more
        y ~ NegBinomial(log = m, dispersion = 1)
        ^
      """,
      table: """
        county,state,y,x,u,count,bin,size,hits,earn,use,se,frac,pos,const,big,tiny,one,dose,wide name
        A,n,1,0.1,2,3,1,5,2,10,Y,1,0.5,2,7,2e12,1e-12,k,low,1
        A,n,2.5,-0.3,2,0,0,6,6,20,N,2,0.2,3,7,-1e12,2e-12,k,high,2
        B,n,0.5,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3
        B,n,1,0.4,5,2,1,9,3,5,N,3,0.9,4,7,3e12,0,k,mid,4
        C,s,0,0.9,-1,1,0,3,1,8,Y,1,0.1,6,7,1,1e-12,k,low,5
        C,s,3,-2,-1,4,0,2,2,60,N,2,0.4,5,7,2,3e-12,k,high,6
        """),
    BindingCase(
      "outcome of 2",
      """
      m ~ Normal(0, 1)
      count ~ Bernoulli(logit = m)
      """,
      """
      m.strata:2:1: `count` is 3 in t.csv, line 2 (row 1), and data of Bernoulli must be 0 or 1
        count ~ Bernoulli(logit = m)
        ^^^^^
      """),
    BindingCase(
      "more hits than trials",
      """
      m ~ Normal(0, 1)
      hits ~ Binomial(5, logit = m)
      """,
      """
      m.strata:2:1: `hits` is 6 in t.csv, line 3 (row 2), and data of Binomial must be a whole number from 0 to n = 5
        hits ~ Binomial(5, logit = m)
        ^^^^
      """),
    BindingCase(
      "more hits than trials in a row",
      """
      m ~ Normal(0, 1)
      size ~ Binomial(hits, logit = m)
      """,
      """
      m.strata:2:1: `size` is 5 in t.csv, line 2 (row 1), and data of Binomial must be a whole number from 0 to n = 2
        size ~ Binomial(hits, logit = m)
        ^^^^
      """),
    BindingCase(
      "Beta outcome of 1",
      """
      m ~ Normal(0, 1)
      bin ~ Beta(mean = inverse_logit(m), concentration = 2)
      """,
      """
      m.strata:2:1: `bin` is 1 in t.csv, line 2 (row 1), and data of Beta must be strictly between 0 and 1
        bin ~ Beta(mean = inverse_logit(m), concentration = 2)
        ^^^
      """),
    BindingCase(
      "positive outcome of 0",
      """
      m ~ Normal(0, 1)
      count ~ Gamma(2, exp(m))
      """,
      """
      m.strata:2:1: `count` is 0 in t.csv, line 3 (row 2), and data of Gamma must be a positive number
        count ~ Gamma(2, exp(m))
        ^^^^^
      """),
    BindingCase(
      "outcome beyond its bounds",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      pos ~ Uniform(0, 5)
      """,
      """
      m.strata:4:1: `pos` is 6 in t.csv, line 6 (row 5), and data of Uniform must be between 0 and 5
        pos ~ Uniform(0, 5)
        ^^^
      """),
    BindingCase(
      "text outcome",
      """
      m ~ Normal(0, 1)
      use ~ Bernoulli(logit = m)
      """,
      """
      m.strata:2:1: t.csv, line 2 (row 1), column "use": expected a number, found "Y"; an outcome of two classes is written `(use == "…") ~ Bernoulli(…)`
        use ~ Bernoulli(logit = m)
        ^^^
      """),
    BindingCase(
      "expression outside the support",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      log(count) ~ Normal(m, s)
      """,
      """
      m.strata:3:1: `log(count)` is -inf in t.csv, line 3 (row 2), and data of Normal must be a finite number
        log(count) ~ Normal(m, s)
        ^^^^^^^^^^
      """),
    BindingCase(
      "expression without inverse",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      abs(count) ~ Normal(m, s)
      """,
      """
      m.strata:3:1: `abs(count)` has no inverse at t.csv, line 3 (row 2): it cannot be the outcome of a continuous distribution
        abs(count) ~ Normal(m, s)
        ^^^^^^^^^^
      """),
    BindingCase(
      "missing cell",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      t.csv, line 4 (row 3), column "y": the cell is missing (empty, NA or NaN). Fill it in, or leave out rows with missing cells (--drop-missing; in Swift dropMissing: true).
      """,
      table: BindingCase.table(
        changing: "B,n,0.5,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3",
        to: "B,n,,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3")),
    BindingCase(
      "missing cells",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      t.csv, line 3 (row 2), column "y": the cell is missing (empty, NA or NaN) (the first of 2 such rows). Fill it in, or leave out rows with missing cells (--drop-missing; in Swift dropMissing: true).
      """,
      table: """
        county,state,y,x,u,count,bin,size,hits,earn,use,se,frac,pos,const,big,tiny,one,dose,wide name
        A,n,1.5,0.1,2,3,1,5,2,10,Y,1,0.5,2,7,2e12,1e-12,k,low,1
        A,n,,-0.3,2,0,0,6,6,20,N,2,0.2,3,7,-1e12,2e-12,k,high,2
        B,n,NA,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3
        B,n,-1,0.4,5,2,1,9,3,5,N,3,0.9,4,7,3e12,0,k,mid,4
        C,s,0,0.9,-1,1,0,3,1,8,Y,1,0.1,6,7,1,1e-12,k,low,5
        C,s,3,-2,-1,4,0,2,2,60,N,2,0.4,5,7,2,3e-12,k,high,6
        """),
    BindingCase(
      "infinite cell",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:3:1: t.csv, line 4 (row 3), column "y": expected a finite number, found inf
        y ~ Normal(m, s)
        ^
      """,
      table: BindingCase.table(
        changing: "B,n,0.5,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3",
        to: "B,n,inf,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3")),
    BindingCase(
      "infinite predictor",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * x, s)
      """,
      """
      m.strata:3:16: t.csv, line 4 (row 3), column "x": expected a finite number, found -inf
        y ~ Normal(m * x, s)
                       ^
      """,
      table: BindingCase.table(
        changing: "B,n,0.5,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3",
        to: "B,n,0.5,-inf,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3")),
  ])
  func message(_ bad: BindingCase) { bad.check() }
}

data {
  int N;
  vector[N] x; vector[N] y;
}
parameters {
  real a; real b; real<lower=0> eps;
}
model {
  a ~ normal(0, 1); b ~ normal(0, 1); eps ~ cauchy(0, 1);
  y ~ normal(a + b * x, eps);
}

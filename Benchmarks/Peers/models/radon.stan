data {
  int N; int J;
  array[N] int<lower=1, upper=J> g;
  vector[N] x; vector[N] y;
}
parameters {
  real mu_a; real<lower=0> sigma_a;
  real mu_b; real<lower=0> sigma_b;
  vector[J] za; vector[J] zb;
  real<lower=0> eps;
}
transformed parameters {
  vector[J] a = mu_a + sigma_a * za;
  vector[J] b = mu_b + sigma_b * zb;
}
model {
  mu_a ~ normal(0, 1); sigma_a ~ cauchy(0, 1);
  mu_b ~ normal(0, 1); sigma_b ~ cauchy(0, 1);
  za ~ std_normal(); zb ~ std_normal();
  eps ~ cauchy(0, 1);
  y ~ normal(a[g] + b[g] .* x, eps);
}

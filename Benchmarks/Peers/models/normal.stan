data {
  int N; int J;
  array[N] int<lower=1, upper=J> g;
  vector[N] x; vector[N] y;
}
parameters {
  real mu_a; real<lower=0> tau_a;
  real mu_b; real<lower=0> tau_b;
  vector[J] a; vector[J] b;
  real<lower=0> eps;
}
model {
  mu_a ~ normal(0, 1); tau_a ~ normal(0, 1);
  mu_b ~ normal(0, 1); tau_b ~ normal(0, 1);
  a ~ normal(mu_a, tau_a); b ~ normal(mu_b, tau_b);
  eps ~ normal(0, 1);
  y ~ normal(a[g] + b[g] .* x, eps);
}

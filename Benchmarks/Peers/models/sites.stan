data {
  int N; int J;
  array[N] int<lower=1, upper=J> g;
  vector[N] x; vector[N] y;
}
parameters {
  real mu_global; vector[J] beta; vector<lower=0>[J] sigma;
}
model {
  mu_global ~ normal(0, 1); beta ~ normal(mu_global, 0.5); sigma ~ cauchy(0, 5);
  y ~ normal(beta[g] .* x, sigma[g]);
}

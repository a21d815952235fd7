data {
  int N; int J;
  array[N] int<lower=1, upper=J> g;
  array[N] int y;
}
parameters {
  real<lower=0, upper=1> mu; real<lower=0> nu;
  vector<lower=0, upper=1>[J] theta;
}
model {
  mu ~ beta(1, 1); nu ~ normal(0, 10);
  theta ~ beta(mu * nu, (1 - mu) * nu);
  y ~ bernoulli(theta[g]);
}

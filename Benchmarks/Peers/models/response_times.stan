data {
  int N; int J;
  array[N] int<lower=1, upper=J> g;
  array[N] int y;
}
parameters {
  real<lower=0, upper=60> mu_mu; real<lower=0, upper=50> sigma_mu;
  real<lower=0, upper=10> mu_al; real<lower=0, upper=50> sigma_al;
  vector<lower=0>[J] mu; vector<lower=0>[J] alpha;
}
model {
  mu ~ gamma(square(mu_mu / sigma_mu), mu_mu / square(sigma_mu));
  alpha ~ gamma(square(mu_al / sigma_al), mu_al / square(sigma_al));
  y ~ neg_binomial_2(mu[g], alpha[g]);
}

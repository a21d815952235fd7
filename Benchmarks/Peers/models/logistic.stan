data {
  int N; int J; int K;
  array[N] int<lower=1, upper=J> g;
  matrix[N, K] X;
  array[N] int<lower=0, upper=1> y;
}
parameters {
  real alpha; vector[K] beta; real<lower=0> tau; vector[J] z;
}
transformed parameters {
  vector[J] a = tau * z;
}
model {
  alpha ~ normal(0, 1.5); beta ~ normal(0, 1); tau ~ normal(0, 1); z ~ std_normal();
  y ~ bernoulli_logit_glm(X, alpha + a[g], beta);
}

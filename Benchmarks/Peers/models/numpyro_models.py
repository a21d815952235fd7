"""The models in NumPyro. Each takes a problem's data `d` as a dictionary of JAX arrays and sizes."""

import numpyro.distributions as dist
from numpyro import deterministic, sample


def _each(name, prior, count):
    """One parameter for each of `count` levels."""
    return sample(name, prior.expand([count]).to_event(1))


def radon(d):
    mu_a = sample("mu_a", dist.Normal(0, 1))
    sigma_a = sample("sigma_a", dist.HalfCauchy(1))
    mu_b = sample("mu_b", dist.Normal(0, 1))
    sigma_b = sample("sigma_b", dist.HalfCauchy(1))
    a = deterministic("a", mu_a + sigma_a * _each("za", dist.Normal(0, 1), d["J"]))
    b = deterministic("b", mu_b + sigma_b * _each("zb", dist.Normal(0, 1), d["J"]))
    eps = sample("eps", dist.HalfCauchy(1))
    sample("y", dist.Normal(a[d["g"]] + b[d["g"]] * d["x"], eps), obs=d["y"])


def separate(d):
    a = sample("a", dist.Normal(0, 1))
    b = sample("b", dist.Normal(0, 1))
    eps = sample("eps", dist.HalfCauchy(1))
    sample("y", dist.Normal(a + b * d["x"], eps), obs=d["y"])


def response_times(d):
    mu_mu = sample("mu_mu", dist.Uniform(0, 60))
    sigma_mu = sample("sigma_mu", dist.Uniform(0, 50))
    mu_al = sample("mu_al", dist.Uniform(0, 10))
    sigma_al = sample("sigma_al", dist.Uniform(0, 50))
    mu = _each("mu", dist.Gamma((mu_mu / sigma_mu) ** 2, mu_mu / sigma_mu**2), d["J"])
    alpha = _each("alpha", dist.Gamma((mu_al / sigma_al) ** 2, mu_al / sigma_al**2), d["J"])
    sample("y", dist.NegativeBinomial2(mu[d["g"]], alpha[d["g"]]), obs=d["y"])


def water_quality(d):
    mu = sample("mu", dist.Beta(1, 1))
    nu = sample("nu", dist.HalfNormal(10))
    theta = _each("theta", dist.Beta(mu * nu, (1 - mu) * nu), d["J"])
    sample("y", dist.Bernoulli(theta[d["g"]]), obs=d["y"])


def sites(d):
    mu_global = sample("mu_global", dist.Normal(0, 1))
    beta = _each("beta", dist.Normal(mu_global, 0.5), d["J"])
    sigma = _each("sigma", dist.HalfCauchy(5), d["J"])
    sample("y", dist.Normal(beta[d["g"]] * d["x"], sigma[d["g"]]), obs=d["y"])


def eight_schools(d):
    mu = sample("mu", dist.Normal(0, 5))
    tau = sample("tau", dist.HalfCauchy(5))
    theta = deterministic("theta", mu + tau * _each("z", dist.Normal(0, 1), d["J"]))
    sample("y", dist.Normal(theta, d["sigma"]), obs=d["y"])


def logistic(d):
    alpha = sample("alpha", dist.Normal(0, 1.5))
    beta = _each("beta", dist.Normal(0, 1), d["K"])
    tau = sample("tau", dist.HalfNormal(1))
    a = deterministic("a", tau * _each("z", dist.Normal(0, 1), d["J"]))
    sample("y", dist.Bernoulli(logits=alpha + a[d["g"]] + d["X"] @ beta), obs=d["y"])


def normal(d):
    mu_a = sample("mu_a", dist.Normal(0, 1))
    tau_a = sample("tau_a", dist.HalfNormal(1))
    mu_b = sample("mu_b", dist.Normal(0, 1))
    tau_b = sample("tau_b", dist.HalfNormal(1))
    a = _each("a", dist.Normal(mu_a, tau_a), d["J"])
    b = _each("b", dist.Normal(mu_b, tau_b), d["J"])
    eps = sample("eps", dist.HalfNormal(1))
    sample("y", dist.Normal(a[d["g"]] + b[d["g"]] * d["x"], eps), obs=d["y"])


MODELS = {
    function.__name__: function
    for function in (
        radon, separate, response_times, water_quality, sites, eight_schools, logistic, normal)
}

"""The models in PyMC, for nutpie and for PyMC's own sampler. `d` is a problem's data."""

import pymc as pm


def build(name, d):
    """The model of that name on the data `d`."""
    with pm.Model() as model:
        MODELS[name](d)
    return model


def radon(d):
    mu_a = pm.Normal("mu_a", 0, 1)
    sigma_a = pm.HalfCauchy("sigma_a", 1)
    mu_b = pm.Normal("mu_b", 0, 1)
    sigma_b = pm.HalfCauchy("sigma_b", 1)
    a = pm.Deterministic("a", mu_a + sigma_a * pm.Normal("za", 0, 1, shape=d["J"]))
    b = pm.Deterministic("b", mu_b + sigma_b * pm.Normal("zb", 0, 1, shape=d["J"]))
    eps = pm.HalfCauchy("eps", 1)
    pm.Normal("y", a[d["g"]] + b[d["g"]] * d["x"], eps, observed=d["y"])


def separate(d):
    # The data can be exchanged, so that one compiled model serves all counties.
    x = pm.Data("x_data", d["x"])
    y = pm.Data("y_data", d["y"])
    a = pm.Normal("a", 0, 1)
    b = pm.Normal("b", 0, 1)
    pm.Normal("y", a + b * x, pm.HalfCauchy("eps", 1), observed=y)


def response_times(d):
    mu_mu = pm.Uniform("mu_mu", 0, 60)
    sigma_mu = pm.Uniform("sigma_mu", 0, 50)
    mu_al = pm.Uniform("mu_al", 0, 10)
    sigma_al = pm.Uniform("sigma_al", 0, 50)
    mu = pm.Gamma("mu", mu=mu_mu, sigma=sigma_mu, shape=d["J"])
    alpha = pm.Gamma("alpha", mu=mu_al, sigma=sigma_al, shape=d["J"])
    pm.NegativeBinomial("y", mu=mu[d["g"]], alpha=alpha[d["g"]], observed=d["y"])


def water_quality(d):
    mu = pm.Beta("mu", 1, 1)
    nu = pm.HalfNormal("nu", 10)
    theta = pm.Beta("theta", mu * nu, (1 - mu) * nu, shape=d["J"])
    pm.Bernoulli("y", theta[d["g"]], observed=d["y"])


def sites(d):
    mu_global = pm.Normal("mu_global", 0, 1)
    beta = pm.Normal("beta", mu_global, 0.5, shape=d["J"])
    sigma = pm.HalfCauchy("sigma", 5, shape=d["J"])
    pm.Normal("y", beta[d["g"]] * d["x"], sigma[d["g"]], observed=d["y"])


def eight_schools(d):
    mu = pm.Normal("mu", 0, 5)
    tau = pm.HalfCauchy("tau", 5)
    theta = pm.Deterministic("theta", mu + tau * pm.Normal("z", 0, 1, shape=d["J"]))
    pm.Normal("y", theta, d["sigma"], observed=d["y"])


def logistic(d):
    alpha = pm.Normal("alpha", 0, 1.5)
    beta = pm.Normal("beta", 0, 1, shape=d["K"])
    tau = pm.HalfNormal("tau", 1)
    a = pm.Deterministic("a", tau * pm.Normal("z", 0, 1, shape=d["J"]))
    logit = alpha + a[d["g"]] + pm.math.dot(d["X"], beta)
    pm.Bernoulli("y", logit_p=logit, observed=d["y"])


def normal(d):
    mu_a = pm.Normal("mu_a", 0, 1)
    tau_a = pm.HalfNormal("tau_a", 1)
    mu_b = pm.Normal("mu_b", 0, 1)
    tau_b = pm.HalfNormal("tau_b", 1)
    a = pm.Normal("a", mu_a, tau_a, shape=d["J"])
    b = pm.Normal("b", mu_b, tau_b, shape=d["J"])
    eps = pm.HalfNormal("eps", 1)
    pm.Normal("y", a[d["g"]] + b[d["g"]] * d["x"], eps, observed=d["y"])


MODELS = {
    function.__name__: function
    for function in (
        radon, separate, response_times, water_quality, sites, eight_schools, logistic, normal)
}

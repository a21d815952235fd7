"""A reference for the large Normal problem that shares no code with any engine: Gibbs sampling.

Given the effects everything is one-dimensional, given the rest the effects are pairs of Gaussians, and
the million rows enter only through six sums of each group. Groups are large, so that it mixes well.
"""

import numpy as np

from harness.estimates import estimate
from harness.tables import labels, load


def normal_means(problem, chains=4, warmup=200, draws=2000):
    """`{name: (mean, mcse)}` of every parameter."""
    data, levels = load(problem)
    sums = _sums(data)
    kept = [_chain(sums, data["N"], np.random.default_rng([99, chain]), warmup, draws)
            for chain in range(chains)]
    names = [label for name in problem.parameters for label in labels(problem, name, levels)]
    found = estimate(names, np.stack(kept))
    return {name: (float(m), float(e)) for name, m, e in zip(names, found.mean, found.mcse)}


def _sums(data):
    """n, sums of x, xx, y, xy of each group, and the sum of yy of all."""
    def total(values):
        return np.bincount(data["g"], values, minlength=data["J"])

    x, y = data["x"], data["y"]
    return total(np.ones_like(x)), total(x), total(x * x), total(y), total(x * y), float(y @ y)


def _chain(sums, rows, random, warmup, draws):
    """Draws (draw, parameter) in the order mu_a, tau_a, mu_b, tau_b, eps, a..., b..."""
    n, sx, sxx, sy, sxy, syy = sums
    # Starts overdispersed in the scales; the effects follow at once.
    mu_a, mu_b = random.normal(size=2)
    tau_a, tau_b, eps = np.exp(random.normal(size=3))
    kept = np.empty((draws, 5 + 2 * len(n)))
    for step in range(-warmup, draws):
        a, b = _effects(sums, mu_a, tau_a, mu_b, tau_b, eps, random)
        mu_a, tau_a = _level(a, tau_a, random)
        mu_b, tau_b = _level(b, tau_b, random)
        squares = syy + np.sum(
            n * a * a + sxx * b * b + 2 * (sx * a * b - sy * a - sxy * b))
        eps = _scale(rows, squares, random)
        if step >= 0:
            kept[step] = np.concatenate([[mu_a, tau_a, mu_b, tau_b, eps], a, b])
    return kept


def _effects(sums, mu_a, tau_a, mu_b, tau_b, eps, random):
    """Intercept and slope of every group: a Gaussian pair, drawn through its Cholesky factor."""
    n, sx, sxx, sy, sxy, _ = sums
    weight = eps**-2
    paa, pab, pbb = n * weight + tau_a**-2, sx * weight, sxx * weight + tau_b**-2
    ha, hb = sy * weight + mu_a / tau_a**2, sxy * weight + mu_b / tau_b**2
    determinant = paa * pbb - pab**2
    mean_a, mean_b = (pbb * ha - pab * hb) / determinant, (paa * hb - pab * ha) / determinant
    z = random.normal(size=(2, len(n)))
    # b first, with its marginal variance, then a given b.
    b = mean_b + z[0] * np.sqrt(paa / determinant)
    a = mean_a - pab / paa * (b - mean_b) + z[1] / np.sqrt(paa)
    return a, b


def _level(effects, tau, random):
    """mu ~ Normal(0, 1) and tau ~ HalfNormal(1) of effects ~ Normal(mu, tau)."""
    precision = 1 + len(effects) / tau**2
    mu = effects.sum() / tau**2 / precision + random.normal() / np.sqrt(precision)
    return mu, _scale(len(effects), np.sum((effects - mu) ** 2), random)


def _scale(count, squares, random):
    """s ~ HalfNormal(1) of `count` deviations with this sum of squares, by inversion on a fine grid.

    The density of u = log s is exp(-(count - 1) u - squares exp(-2 u) / 2 - exp(2 u) / 2): a narrow bell.
    """
    centre, width = 0.5 * np.log(squares / count), 1 / np.sqrt(2 * count)
    u = centre + width * np.linspace(-12, 12, 4001)
    log_density = -(count - 1) * u - 0.5 * squares * np.exp(-2 * u) - 0.5 * np.exp(2 * u)
    cumulative = np.cumsum(np.exp(log_density - log_density.max()))
    return float(np.exp(np.interp(random.random() * cumulative[-1], cumulative, u)))

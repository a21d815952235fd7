"""Exact posterior means of the separate regressions, by quadrature over the noise.

Given eps, (a, b) is Gaussian; what is left is one integral for each county, over log eps.
"""

import numpy as np

from harness.tables import load, parts

# Means of eps with fewer rows have no error that could be estimated: the posterior of eps is about
# eps^-(rows + 2), so that with one row it has no variance and with two no third moment.
LEAST_ROWS_FOR_NOISE = 3


def separate_means(problem):
    """`{name: (mean, 0)}` of a, b and (where it can be judged) eps of every level."""
    data, levels = load(problem)
    means = {}
    for level, part in zip(levels, parts(data)):
        a, b, eps = _means(part["x"], part["y"])
        means[f"a[{level}]"] = (a, 0.0)
        means[f"b[{level}]"] = (b, 0.0)
        if part["N"] >= LEAST_ROWS_FOR_NOISE:
            means[f"eps[{level}]"] = (eps, 0.0)
    return means


def _means(x, y):
    """Posterior means of a, b, eps for a, b ~ Normal(0, 1), eps ~ HalfCauchy(1), y ~ Normal(a + b x, eps).

    In the eigenvectors of the design's cross-product (eigenvalues k, projections t of y), with
    r = 1 + k / eps^2, the log likelihood of u = log eps is, up to a constant,
    -n u - (sum of log r) / 2 - (rss + sum of t^2 / (k r)) / (2 eps^2): nothing cancels for small eps.
    """
    design = np.stack([np.ones_like(x), x], axis=1)
    k, vectors = np.linalg.eigh(design.T @ design)
    k[k < 1e-9 * k.max()] = 0
    t = vectors.T @ (design.T @ y)
    used = k > 0
    rss = y @ y - np.sum(t[used] ** 2 / k[used])
    rss = rss if rss > 1e-9 * (y @ y) else 0.0

    u = np.linspace(np.log(1e-9), np.log(1e9), 40_001)
    eps, precision = np.exp(u), np.exp(-2 * u)
    shrink = 1 + np.outer(k, precision)
    quadratic = rss * precision
    for i in np.flatnonzero(used):
        quadratic = quadratic + t[i] ** 2 / k[i] * precision / shrink[i]
    log_density = (
        -len(y) * u - 0.5 * np.log(shrink).sum(axis=0) - 0.5 * quadratic - np.log1p(eps**2) + u)
    weights = np.exp(log_density - log_density.max())
    weights /= weights.sum()
    a, b = vectors @ ((t[:, None] * precision / shrink) @ weights)
    return float(a), float(b), float(eps @ weights)

"""What the posterior means should be, and how far an engine is from it."""

import json
from statistics import NormalDist

import numpy as np

from harness import results
from harness.exact import separate_means
from harness.gibbs import normal_means
from harness.paths import EXPECTED, WORK


def reference(problem, runs):
    """`{name: (mean, error)}` for a problem, and a word on where it comes from.

    Long runs kept in Examples/expected (none made with Strata), or what can be worked out without any
    engine, or else the peer's run with the largest ESS, whose own row then says 0.
    """
    if problem.expected:
        values = json.loads((EXPECTED / problem.expected).read_text())
        return {name: (v["mean"], v["mcse"]) for name, v in values.items()}, "Examples/expected"
    if problem.name in INDEPENDENT:
        make, source = INDEPENDENT[problem.name]
        return _kept(problem, make), source
    peers = [run for run in runs if "posterior" in run and not run["engine"].startswith("strata")]
    if not peers:
        return {}, "nothing"
    best = max(peers, key=lambda run: run["min_bulk_ess"])
    means = {name: (mean, mcse) for name, (mean, _, mcse) in best["posterior"].items()}
    return means, f"{best['engine']}, seed {best['seed']}"


INDEPENDENT = {
    "separate": (separate_means, "quadrature"),
    "normal": (normal_means, "Gibbs sampling (harness/gibbs.py)"),
}


def _kept(problem, make):
    """A reference that takes time is made once."""
    path = WORK / "references" / f"{problem.name}.json"
    if not path.exists():
        results.write(path, make(problem))
    return json.loads(path.read_text())


def largest_z(posterior, expected):
    """The largest |difference of means| in combined Monte Carlo errors, with its parameter and bound.

    The bound is the Bonferroni quantile of a family-wise error of 1e-4 over all that is compared.
    Returns None where there is nothing to compare.
    """
    names = [name for name in posterior if name in expected]
    if not names:
        return None
    ours = np.array([[posterior[name][0], posterior[name][2]] for name in names])
    theirs = np.array([expected[name] for name in names])
    errors = np.hypot(ours[:, 1], theirs[:, 1])
    z = np.abs(ours[:, 0] - theirs[:, 0]) / errors
    bound = NormalDist().inv_cdf(1 - 1e-4 / (2 * len(names)))
    return {
        "z": float(np.max(z)), "parameter": names[int(np.argmax(z))], "bound": bound,
        "compared": len(names)}

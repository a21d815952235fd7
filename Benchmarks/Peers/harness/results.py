"""Results: a JSON file for each engine, problem, lengths of chains and seed."""

import json

from harness.paths import RESULTS


def fit_path(engine, problem, settings):
    """`radon.stan.4x1000+1000.seed1.json`"""
    return RESULTS / f"{problem.name}.{engine}.{settings.lengths}.seed{settings.seed}.json"


def gradient_path(engine, problem):
    """`radon.stan.gradient.json`"""
    return RESULTS / f"{problem.name}.{engine}.gradient.json"


def write(path, value):
    """Writes a file whole: under another name first, so that an interrupted run leaves no result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value, indent=1) + "\n")
    partial.rename(path)


def fits(problem, lengths):
    """All fits of a problem with chains of these lengths."""
    return _read(f"{problem.name}.*.{lengths}.seed*.json")


def gradients(problem):
    """All gradients of a problem."""
    return _read(f"{problem.name}.*.gradient.json")


def _read(pattern):
    return [json.loads(path.read_text()) for path in sorted(RESULTS.glob(pattern))]

"""One engine on one problem, in a process of its own; peers.py starts it in the virtual environment.

    one_run.py fit ENGINE PROBLEM --seed 1 [--chains 4 --warmup 1000 --draws 1000 --cores 2 --cold]
    one_run.py gradient ENGINE PROBLEM
"""

import argparse
import os
import tempfile
import time

import numpy as np

from engines import ENGINES, engine
from harness import environment, results, tables
from harness.paths import CACHES
from harness.problems import PROBLEMS, Settings


def main():
    arguments = parse()
    problem = PROBLEMS[arguments.problem]
    # The chains are what runs in parallel: a BLAS with threads of its own only gets in their way.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    environment.keep_to(1 if arguments.what == "gradient" else arguments.cores)
    with tempfile.TemporaryDirectory() as empty:
        cache = empty if arguments.cold else CACHES / "pytensor"
        os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={cache}"
        if arguments.what == "gradient":
            time_gradient(arguments.engine, problem)
        else:
            settings = Settings(
                arguments.chains, arguments.warmup, arguments.draws, arguments.seed, arguments.cores)
            fit(arguments.engine, problem, settings, arguments.cold)


def fit(name, problem, settings, is_cold):
    """Fits, judges the draws, and writes the result."""
    chosen = engine(name)
    data, levels = tables.load(problem)
    started = time.perf_counter()
    if problem.is_separate:
        parts = list(tables.parts(data))
        run = chosen.fit_parts(problem, data, parts, settings)
    else:
        run = chosen.fit(problem, data, settings)
    wall = time.perf_counter() - started
    # Imported late: it would warm up what the engines import.
    from harness.estimates import estimate

    # Of separate fits only some levels may have been made.
    made = levels if run.levels is None else [levels[level] for level in run.levels]
    names = [label for name in problem.parameters for label in tables.labels(problem, name, made)]
    draws = np.concatenate([run.draws[name] for name in problem.parameters], axis=2)
    estimates = estimate(names, draws)
    results.write(results.fit_path(name, problem, settings), {
        "engine": name, "problem": problem.name, "seed": settings.seed,
        "lengths": settings.lengths, "cores": settings.cores, "versions": chosen.versions(),
        "is_cold": is_cold and chosen.keeps_builds, "setup_seconds": run.setup_seconds,
        "sampling_seconds": run.sampling_seconds, "wall_seconds": wall,
        "divergences": run.divergences, "warmup_gradients": run.warmup_gradients,
        "draw_gradients": run.draw_gradients, **estimates.worst(), "facts": run.facts,
        "posterior": estimates.posterior()})


def time_gradient(name, problem):
    """Times one gradient and writes the result."""
    chosen = engine(name)
    data, _ = tables.load(problem)
    results.write(results.gradient_path(name, problem), {
        "engine": name, "problem": problem.name, "versions": chosen.versions(),
        "nanoseconds": chosen.gradient(problem, data)})


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fit", "gradient"])
    parser.add_argument("engine", choices=list(ENGINES))
    parser.add_argument("problem", choices=list(PROBLEMS))
    for name, value in vars(Settings()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--cold", action="store_true", help="compile with empty caches")
    return parser.parse_args()


if __name__ == "__main__":
    main()

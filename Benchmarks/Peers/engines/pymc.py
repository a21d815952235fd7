"""PyMC's own sampler in Python. (`pm.sample` takes nutpie if that is installed.)"""

import time

from engines.base import Engine, Run, by_level, nanoseconds_per_call, start_point
from models import pymc_models


class PyMC(Engine):
    """The PyPI package as its users call it, with `nuts_sampler="pymc"`."""

    name = "pymc"
    packages = ("pymc", "pytensor", "numba")
    keeps_builds = True

    def fit(self, problem, data, settings):
        import pymc

        started = time.perf_counter()
        with pymc_models.build(problem.name, data):
            trace = pymc.sample(
                settings.draws, tune=settings.warmup, chains=settings.chains, cores=settings.cores,
                random_seed=settings.seed, target_accept=0.8, nuts_sampler="pymc",
                discard_tuned_samples=False, compute_convergence_checks=False, progressbar=False)
        whole = time.perf_counter() - started
        # PyMC's own count, from the start of its chains' processes to their end.
        seconds = float(trace["posterior"].attrs["sampling_time"])
        statistics = trace["sample_stats"]
        return Run(
            setup_seconds=whole - seconds, sampling_seconds=seconds,
            draws={name: by_level(trace["posterior"][name].values) for name in problem.parameters},
            divergences=int(statistics["diverging"].values.sum()),
            warmup_gradients=int(trace["warmup_sample_stats"]["n_steps"].values.sum()),
            draw_gradients=int(statistics["n_steps"].values.sum()))

    def gradient(self, problem, data):
        model = pymc_models.build(problem.name, data)
        function = model.logp_dlogp_function(ravel_inputs=True)
        function.set_extra_values({})
        position = start_point(sum(int(size) for size in _sizes(model)))
        return nanoseconds_per_call(lambda: function(position))


def _sizes(model):
    return (value.size for value in model.initial_point().values())

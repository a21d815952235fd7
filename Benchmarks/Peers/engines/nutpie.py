"""nutpie on a PyMC model, compiled with numba (its default)."""

import ctypes
import time

import numpy as np

from engines.base import Engine, Run, by_level, combined, nanoseconds_per_call, start_point
from models import pymc_models


class Nutpie(Engine):
    """The PyPI package as its users call it."""

    name = "nutpie"
    packages = ("nutpie", "pymc", "pytensor", "numba")
    keeps_builds = True

    def fit(self, problem, data, settings):
        compiled, setup = _compile(problem, data)
        run = _sample(compiled, problem, settings)
        run.setup_seconds = setup
        return run

    def fit_parts(self, problem, data, parts, settings):
        compiled, setup = _compile(problem, parts[0])
        runs = [
            _sample(compiled.with_data(x_data=part["x"], y_data=part["y"]), problem, settings)
            for part in parts]
        run = combined(runs, len(parts))
        run.setup_seconds = setup
        return run

    def gradient(self, problem, data):
        compiled, _ = _compile(problem, data)
        dimension = int(compiled.n_dim)
        position, gradient, density = start_point(dimension), np.zeros(dimension), np.zeros(1)
        numbers = ctypes.POINTER(ctypes.c_double)
        # The compiled function that nutpie's sampler calls.
        function = ctypes.CFUNCTYPE(
            ctypes.c_int64, ctypes.c_uint64, numbers, numbers, numbers, ctypes.c_void_p)(
                compiled.compiled_logp_func.address)
        pointers = [values.ctypes.data_as(numbers) for values in (position, gradient, density)]
        return nanoseconds_per_call(
            lambda: function(dimension, *pointers, compiled.user_data.ctypes.data))


def _compile(problem, data):
    import nutpie

    started = time.perf_counter()
    compiled = nutpie.compile_pymc_model(pymc_models.build(problem.name, data))
    return compiled, time.perf_counter() - started


def _sample(compiled, problem, settings):
    import nutpie

    started = time.perf_counter()
    trace = nutpie.sample(
        compiled, draws=settings.draws, tune=settings.warmup, chains=settings.chains,
        cores=settings.cores, seed=settings.seed, save_warmup=True, progress_bar=False)
    seconds = time.perf_counter() - started
    statistics = trace["sample_stats"]
    return Run(
        setup_seconds=0, sampling_seconds=seconds,
        draws={name: by_level(trace["posterior"][name].values) for name in problem.parameters},
        divergences=int(statistics["diverging"].values.sum()),
        warmup_gradients=int(trace["warmup_sample_stats"]["n_steps"].values.sum()),
        draw_gradients=int(statistics["n_steps"].values.sum()))

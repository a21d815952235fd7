"""stanli: the same Stan programs, interpreted instead of compiled."""

import ctypes
import time

import numpy as np

from engines.base import Engine, Run, by_level, nanoseconds_per_call, start_point


class Stanli(Engine):
    """The PyPI package as its users call it."""

    name = "stanli"
    packages = ("stanli",)
    parts_made = None

    def fit(self, problem, data, settings):
        import stanli

        started = time.perf_counter()
        model = _model(problem, data)
        setup = time.perf_counter() - started
        started = time.perf_counter()
        fit = model.sample(
            chains=settings.chains, seed=settings.seed, warmup=settings.warmup,
            samples=settings.draws, parallel_chains=settings.cores, refresh=0)
        seconds = time.perf_counter() - started
        steps = fit.sampler_stats[:, :, stanli.SAMPLER_COLUMNS.index("n_leapfrog__")]
        return Run(
            setup_seconds=setup, sampling_seconds=seconds,
            draws={name: by_level(fit.draws(name)) for name in problem.parameters},
            divergences=int(fit.divergences.sum()), draw_gradients=int(steps.sum()))

    def gradient(self, problem, data):
        import stanli

        model = _model(problem, data)
        position = start_point(model.n_unconstrained)
        gradient, density = np.zeros_like(position), ctypes.c_double()
        numbers = ctypes.POINTER(ctypes.c_double)
        pointers = [values.ctypes.data_as(numbers) for values in (position, gradient)]
        # The C function under log_prob_grad, which would add some microseconds of Python.
        return nanoseconds_per_call(
            lambda: stanli._lib.stanli_grad(
                model._m, pointers[0], ctypes.byref(density), pointers[1]))


def _model(problem, data):
    import stanli

    plain = {
        name: (np.asarray(values) + (name == "g")).tolist() for name, values in data.items()}
    return stanli.Model(stan_file=problem.stan, data=plain)

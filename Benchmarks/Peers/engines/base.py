"""What an engine is asked to do, and what it answers."""

import time
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Run:
    """One fit.

    `setup_seconds`: building and compiling, without imports and without reading the data.
    `sampling_seconds`: wall time of warmup and draws, nothing else.
    `draws`: for each parameter an array (chain, draw, level).
    Gradients are leapfrog steps of all chains together; None where the engine does not tell.
    """

    setup_seconds: float
    sampling_seconds: float
    draws: dict
    divergences: int
    warmup_gradients: int | None = None
    draw_gradients: int | None = None
    facts: dict = field(default_factory=dict)


class Engine:
    """Fits problems and times gradients; a subclass for each engine."""

    name = ""
    packages = ()
    # Of many fits of one model, this many are made and the rest is extrapolated; None for all.
    parts_made = None

    def fit(self, problem, data, settings):
        """A `Run` of the problem's model on `data`."""
        raise NotImplementedError

    def fit_parts(self, problem, data, parts, settings):
        """A `Run` of the problem's model on every part of `data` alone.

        Here: part by part, each with its own set-up, as a loop of a user would.
        """
        made = parts[: self.parts_made]
        return combined([self.fit(problem, part, settings) for part in made], len(parts))

    def gradient(self, problem, data):
        """Nanoseconds of one log density with gradient on one thread, or None."""
        raise NotImplementedError


def combined(runs, count):
    """One run of many: times and counts add up, extrapolated to `count`; levels stand side by side."""
    factor = count / len(runs)

    def total(values):
        return None if None in values else sum(values) * factor

    return Run(
        setup_seconds=total([run.setup_seconds for run in runs]),
        sampling_seconds=total([run.sampling_seconds for run in runs]),
        draws={
            name: np.concatenate([run.draws[name] for run in runs], axis=2)
            for name in runs[0].draws},
        divergences=round(total([run.divergences for run in runs])),
        warmup_gradients=total([run.warmup_gradients for run in runs]),
        draw_gradients=total([run.draw_gradients for run in runs]),
        facts={"fits_made": len(runs), "fits_counted": count})


def by_level(values):
    """An array (chain, draw) or (chain, draw, level...) as (chain, draw, level)."""
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(values.shape[0], values.shape[1], -1)


def start_point(dimension):
    """The unconstrained point that gradients are timed at."""
    return 0.2 * np.random.default_rng(7).uniform(-1, 1, dimension)


def nanoseconds_per_call(call, seconds=2.0):
    """The least mean time of one call over ten stretches of time, after a warm-up."""
    call()
    started = time.perf_counter()
    call()
    calls = max(1, int(seconds / 10 / max(time.perf_counter() - started, 1e-7)))
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, (time.perf_counter() - started) / calls)
    return best * 1e9

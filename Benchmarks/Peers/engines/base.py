"""What an engine is asked to do, and what it answers."""

import importlib.metadata
import statistics
import time
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Run:
    """One fit.

    `setup_seconds`: building and compiling, without imports and without reading the data.
    `sampling_seconds`: wall time of warmup and draws, nothing else.
    `draws`: for each parameter an array (chain, draw, level); `levels` which they are, None for all.
    Gradients are leapfrog steps of all chains together; None where the engine does not tell.
    """

    setup_seconds: float
    sampling_seconds: float
    draws: dict
    divergences: int
    warmup_gradients: int | None = None
    draw_gradients: int | None = None
    levels: list | None = None
    facts: dict = field(default_factory=dict)


class Engine:
    """Fits problems and times gradients; a subclass for each engine."""

    name = ""
    packages = ()
    # Whether a second run finds what the first one compiled.
    keeps_builds = False
    # Of many fits of one model, about this many are made and the rest is extrapolated; None: all.
    parts_made = 5

    def versions(self):
        """What the engine is made of: the packages and their versions."""
        return {package: importlib.metadata.version(package) for package in self.packages}

    def fit(self, problem, data, settings):
        """A `Run` of the problem's model on `data`."""
        raise NotImplementedError

    def fit_parts(self, problem, data, parts, settings):
        """A `Run` of the problem's model on every part of `data` alone.

        Here: part by part, each with its own set-up, as a loop of a user would.
        """
        made = self.parts_made or len(parts)
        levels = list(range(0, len(parts), max(1, len(parts) // made)))
        run = combined(
            [self.fit(problem, parts[level], settings) for level in levels], len(parts))
        run.levels = levels
        return run

    def gradient(self, problem, data):
        """Nanoseconds of one log density with gradient on one thread, or None."""
        raise NotImplementedError


def combined(runs, count):
    """One run of many: times and counts add up, extrapolated to `count`; levels stand side by side."""
    factor = count / len(runs)
    is_partial = len(runs) < count

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
        facts={"extrapolated": f"{len(runs)} of {count} fits"} if is_partial else {})


def by_level(values):
    """An array (chain, draw) or (chain, draw, level...) as (chain, draw, level)."""
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(values.shape[0], values.shape[1], -1)


def start_point(dimension):
    """The unconstrained point that gradients are timed at."""
    return 0.2 * np.random.default_rng(7).uniform(-1, 1, dimension)


def nanoseconds_per_call(call):
    """As `bench` times Strata's gradients: the median of 15 stretches of about 20 ms, after one more."""
    def seconds(calls):
        started = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - started

    return median_stretch(seconds)


def median_stretch(seconds):
    """Nanoseconds of one call, where `seconds(n)` makes n calls and times them."""
    calls = 1
    while seconds(calls) < 0.01:
        calls *= 2
    return statistics.median(seconds(calls) / calls for _ in range(15)) * 1e9

"""Strata, through the `bench` command of this checkout."""

import json
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from engines.base import Engine, Run
from harness import environment
from harness.paths import BENCH


class Strata(Engine):
    """Rows compressed, every parameter sampled."""

    name = "strata"
    plan = "compressed"
    # Planning looks at the data, so it counts as sampling.
    counted = ("planning", "sampling")

    def tuning(self, settings):
        """What is set for all engines alike."""
        return ["--warmup", settings.warmup, "--target-accept", 0.8]

    def versions(self):
        return {"Strata": environment.commit()}

    def fit(self, problem, data, settings):
        with tempfile.TemporaryDirectory() as folder:
            answer = self._bench(
                problem, "--seed", settings.seed, "--draws", settings.draws,
                "--chains", settings.chains, "--threads", settings.cores,
                "--draws-to", folder, *self.tuning(settings))
            draws = _read(Path(folder), problem, settings)
        seconds = answer["seconds"]
        return Run(
            # There is nothing to compile.
            setup_seconds=0, sampling_seconds=sum(seconds[part] for part in self.counted),
            draws=draws, divergences=answer["divergences"],
            warmup_gradients=answer["warmupGradients"], draw_gradients=answer["drawGradients"],
            facts={
                "reading_seconds": seconds["reading"], "planning_seconds": seconds["planning"],
                "summary_seconds": seconds["summary"],
                **{name: answer.get(name) for name in ("minBulkESS", "minTailESS", "maxRHat")}})

    def fit_parts(self, problem, data, parts, settings):
        # One text over the whole table: `a[county]`, `eps[county]`.
        return self.fit(problem, data, settings)

    def gradient(self, problem, data):
        return self._bench(problem, "--gradient-only")["nanoseconds"]

    def _bench(self, problem, *options):
        """The JSON that `bench --fit` prints."""
        if not BENCH.exists():
            raise SystemExit(f"{BENCH} is missing: swift build -c release --product bench")
        done = subprocess.run(
            [str(word) for word in (
                BENCH, "--fit", problem.strata, "--data", problem.table, "--plan", self.plan,
                *options)],
            capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"bench failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout)


class StrataAuto(Strata):
    """As users run it: Strata chooses the plan, the sampler and its warmup. The summary counts too."""

    name = "strata-auto"
    plan = "auto"
    counted = ("planning", "sampling", "summary")

    def tuning(self, settings):
        return []


class StrataDirect(Strata):
    """No move taken: every row is evaluated."""

    name = "strata-direct"
    plan = "direct"


def _read(folder, problem, settings):
    """The draws of the problem's parameters, levels in the order of the file."""
    names = (folder / "names.txt").read_text().splitlines()
    values = np.fromfile(folder / "draws.f64", dtype="<f8")
    values = values.reshape(settings.chains, settings.draws, len(names))
    columns = defaultdict(list)
    for index, name in enumerate(names):
        columns[name.split("[")[0]].append(index)
    return {name: values[:, :, columns[name]] for name in problem.parameters}

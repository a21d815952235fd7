"""Stan as CmdStan runs it: stanc, g++ -O3 and Stan's own NUTS, one process for each chain.

The PyPI package httpstan brings stanc, Stan's headers and its libraries; `stan_driver.cpp` is the rest.
"""

import importlib.util
import json
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import get_ident

import numpy as np

from engines.base import Engine, Run, combined
from harness.paths import BUILDS

# CmdStan's flags, without warnings.
FLAGS = ("-std=c++17 -O3 -w -pthread -D_REENTRANT -DBOOST_DISABLE_ASSERTS "
         "-DBOOST_PHOENIX_NO_VARIADIC_EXPRESSION").split()


class Stan(Engine):
    """One C++ program for each model."""

    name = "stan"
    packages = ("httpstan",)

    def fit(self, problem, data, settings):
        return self.fit_parts(problem, data, [data], settings)

    def fit_parts(self, problem, data, parts, settings):
        program, compile_seconds = build(problem)
        jobs = [(part, chain) for part in range(len(parts)) for chain in range(settings.chains)]
        with tempfile.TemporaryDirectory() as folder:
            for number, part in enumerate(parts):
                write_data(part, Path(folder, f"{number}.json"))
            busy = defaultdict(float)

            def run(job):
                answer, draws = run_chain(program, Path(folder), *job, settings)
                busy[get_ident()] += answer["seconds"]
                return answer, draws

            started = time.perf_counter()
            with ThreadPoolExecutor(settings.cores) as pool:
                chains = list(pool.map(run, jobs))
            wall = time.perf_counter() - started
        fits = [chains[i : i + settings.chains] for i in range(0, len(chains), settings.chains)]
        run = combined([_fit_of(problem, chains) for chains in fits], len(parts))
        run.setup_seconds = compile_seconds
        # Reading the data and starting processes don't count: the core that sampled longest does.
        run.sampling_seconds = max(busy.values())
        run.facts["seconds_with_processes"] = wall
        return run

    def gradient(self, problem, data):
        program, _ = build(problem)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "data.json")
            write_data(data, path)
            return json.loads(_run([program, path, "gradient"]))["nanoseconds"]


def build(problem):
    """The program of a problem's model, and the seconds that stanc, g++ and the linker took.

    As for users of CmdStan, the driver and the precompiled header of Stan are there already.
    """
    package = Path(importlib.util.find_spec("httpstan").origin).parent
    headers = BUILDS / "headers"
    flags = [*FLAGS, f"-I{headers}", f"-I{package}/include"]
    driver = _driver(package, headers, flags)
    program, note = BUILDS / problem.name, BUILDS / f"{problem.name}.seconds"
    if note.exists() and _is_newer(program, problem.stan, driver):
        return program, float(note.read_text())
    started = time.perf_counter()
    code, compiled = program.with_suffix(".hpp"), program.with_suffix(".o")
    _run([package / "stanc", f"--name=model_{problem.name}", f"--o={code}", problem.stan])
    _run(["g++", *flags, "-x", "c++", "-c", code, "-o", compiled])
    lib = package / "lib"
    _run([
        "g++", "-o", program, driver, compiled, f"-L{lib}", f"-Wl,-rpath,{lib}", "-l:libtbb.so.2",
        *(lib / f"libsundials_{part}.a" for part in ("cvodes", "idas", "nvecserial"))])
    seconds = time.perf_counter() - started
    note.write_text(f"{seconds:.3f}")
    return program, seconds


def _driver(package, headers, flags):
    """Our driver and the precompiled header of Stan's models, made once."""
    source, driver = Path(__file__).with_name("stan_driver.cpp"), BUILDS / "stan_driver.o"
    if not _is_newer(driver, source):
        header = headers / "stan" / "model" / "model_header.hpp.gch"
        header.parent.mkdir(parents=True, exist_ok=True)
        models = package / "include" / "stan" / "model" / "model_header.hpp"
        _run(["g++", *flags, "-x", "c++-header", models, "-o", header])
        _run(["g++", *flags, "-c", source, "-o", driver])
    return driver


def _is_newer(made, *sources):
    return made.exists() and all(
        made.stat().st_mtime >= source.stat().st_mtime for source in sources)


def write_data(data, path):
    """The data as Stan's JSON, groups counted from 1."""
    def plain(name, values):
        return (np.asarray(values) + (name == "g")).tolist()

    path.write_text(json.dumps({name: plain(name, values) for name, values in data.items()}))


def run_chain(program, folder, part, chain, settings):
    """What the driver says of one chain, and its draws by column name."""
    out = folder / f"{part}-{chain}.f64"
    answer = json.loads(_run([
        program, folder / f"{part}.json", "sample", out, str(chain + 1), str(settings.seed),
        str(settings.warmup), str(settings.draws)]))
    names = Path(f"{out}.names").read_text().split()
    return answer, (names, np.fromfile(out).reshape(-1, len(names)))


def _fit_of(problem, chains):
    """The chains of one fit as a run, without its times."""
    names = chains[0][1][0]
    values = np.stack([draws for _, (_, draws) in chains])
    columns = defaultdict(list)
    for index, name in enumerate(names):
        columns[name.split(".")[0]].append(index)
    answers = [answer for answer, _ in chains]
    return Run(
        setup_seconds=0, sampling_seconds=0,
        draws={name: values[:, :, columns[name]] for name in problem.parameters},
        divergences=sum(answer["divergences"] for answer in answers),
        warmup_gradients=sum(answer["warmup_gradients"] for answer in answers),
        draw_gradients=sum(answer["draw_gradients"] for answer in answers))


def _run(command):
    """The last line that a command prints; what it complains about, if it fails."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    return (done.stdout.strip().splitlines() or [""])[-1]

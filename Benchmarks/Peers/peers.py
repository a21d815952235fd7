#!/usr/bin/env python3
"""Runs Strata and its peers on the same data, priors and chains, and compares them.

    peers.py setup       install the peers from PyPI into Benchmarks/Peers/.work/venv
    peers.py data        make the two large tables, from fixed seeds
    peers.py gradient    time one gradient of each engine and problem
    peers.py fit         fit each problem with each engine
    peers.py report      write one table of all results

A result that is there is not measured again, so that a run can be stopped and taken up later.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

from engines import ENGINES
from harness import environment, results
from harness.paths import PEERS
from harness.problems import PROBLEMS


def main():
    arguments = parse()
    # Ended from outside, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    arguments.run(arguments)


def setup(arguments):
    environment.make(arguments.python)


def data(arguments):
    subprocess.run([environment.python(), PEERS / "make_data.py"], check=True)


def report(arguments):
    options = ["--name", arguments.name] if arguments.name else []
    subprocess.run([environment.python(), PEERS / "report.py", *options], check=True)


def gradient(arguments):
    for problem in arguments.problems:
        # A gradient of one county alone would compare nothing.
        if PROBLEMS[problem].is_separate:
            continue
        for engine in arguments.engines:
            path = results.gradient_path(engine, PROBLEMS[problem])
            measure(path, arguments, ["gradient", engine, problem])


def fit(arguments):
    for seed in arguments.seeds:
        for name in arguments.problems:
            problem = PROBLEMS[name]
            given = {
                length: value for length in ("chains", "warmup", "draws", "cores")
                if (value := getattr(arguments, length)) is not None}
            settings = replace(problem.settings, seed=seed, **given)
            options = [word for key, value in vars(settings).items() for word in (f"--{key}", value)]
            # The first seed shows what a user waits for on the first day.
            options += ["--cold"] if seed == arguments.seeds[0] else []
            for engine in arguments.engines:
                path = results.fit_path(engine, problem, settings)
                measure(path, arguments, ["fit", engine, name, *options], {
                    "engine": engine, "problem": name, "seed": seed, "lengths": settings.lengths})


def measure(path, arguments, words, failure=None):
    """Runs one_run.py unless its result is there; a `failure` is kept as a result of its own."""
    if path.exists() and not arguments.again:
        return
    print(f"{path.stem:50}", end=" ", flush=True)
    started = time.perf_counter()
    command = [environment.python(), PEERS / "one_run.py", *words]
    problem = run(list(map(str, command)), arguments.timeout)
    print(f"{time.perf_counter() - started:7.1f} s  {problem or ''}", flush=True)
    if problem and failure:
        results.write(path, {**failure, "failure": problem})


def run(command, timeout):
    """Runs a command in a process group of its own; None, or in a few words what went wrong."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True)
    try:
        _, errors = process.communicate(timeout=timeout)
    except BaseException as error:
        # Its chains are processes too: end the group, not just its head.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            return f"not finished in {timeout:.0f} s"
        raise
    if process.returncode == 0:
        return None
    lines = errors.strip().splitlines()
    return lines[-1] if lines else f"ended with status {process.returncode}"


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(function, summary):
        added = commands.add_parser(function.__name__, help=summary)
        added.set_defaults(run=function)
        return added

    command(setup, "install the peers").add_argument(
        "--python", help="the Python to use, 3.12 or newer; default: found on PATH")
    command(data, "make the large tables")
    measuring = [
        command(gradient, "time gradients"), command(fit, "fit the models")]
    for added in measuring:
        added.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
        added.add_argument("--problems", nargs="+", choices=list(PROBLEMS), default=list(PROBLEMS))
        added.add_argument("--again", action="store_true", help="measure what is there, too")
        added.add_argument("--timeout", type=float, default=900, help="seconds for one run")
    measuring[1].add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    for name in ("chains", "warmup", "draws", "cores"):
        measuring[1].add_argument(f"--{name}", type=int, help="default: the problem's own")
    command(report, "write the table").add_argument(
        "--name", help="the file's name in Benchmarks/Results; default: peers-DATE")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""One table of all results, as markdown and JSON, in Benchmarks/Results/peers-DATE.{md,json}."""

import argparse
import json
from statistics import median

from engines import ENGINES
from harness import environment, results
from harness.markdown import markdown
from harness.paths import PUBLISHED
from harness.problems import PROBLEMS
from harness.references import largest_z, reference

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", help="the files' name; default: peers-DATE")
    machine = environment.machine()
    name = parser.parse_args().name or f"peers-{machine['date']}"
    problems = [table for problem in PROBLEMS.values() if (table := compare(problem))]
    versions = {
        package: version for table in problems for row in table["engines"]
        for package, version in row["versions"].items()}
    report = {"machine": machine, "versions": versions, "problems": problems}
    PUBLISHED.mkdir(parents=True, exist_ok=True)
    (PUBLISHED / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n")
    (PUBLISHED / f"{name}.md").write_text(markdown(report))
    print(PUBLISHED / f"{name}.md")


def compare(problem):
    """All engines on one problem; None if there are no results."""
    fits = results.fits(problem, problem.settings.lengths)
    gradients = {found["engine"]: found for found in results.gradients(problem)}
    if not fits and not gradients:
        return None
    expected, source = reference(problem, fits)
    rows = []
    for engine in ENGINES:
        own = [fit for fit in fits if fit["engine"] == engine]
        if own or engine in gradients:
            rows.append(summarize(engine, own, gradients.get(engine), expected))
    peers = [
        row["ess_per_second"] for row in rows
        if not row["engine"].startswith("strata") and row["ess_per_second"]]
    for row in rows:
        is_known = peers and row["ess_per_second"]
        row["times_best_peer"] = row["ess_per_second"] / max(peers) if is_known else None
    return {
        "problem": problem.name, "title": problem.title, "lengths": problem.settings.lengths,
        "cores": problem.settings.cores, "reference": source, "engines": rows}


def summarize(engine, fits, gradient, expected):
    """One engine's runs as one row: medians, except for what must not be hidden (R-hat, z, failures)."""
    done = sorted((fit for fit in fits if "failure" not in fit), key=lambda fit: fit["seed"])
    failures = [f"seed {fit['seed']}: {fit['failure']}" for fit in fits if "failure" in fit]

    def middle(value):
        values = [value(fit) for fit in done]
        return median(values) if values and None not in values else None

    # The ESS of a few fits says nothing about all of them.
    is_whole = not any("extrapolated" in fit["facts"] for fit in done)

    def ess_per_second(fit):
        return fit["min_bulk_ess"] / fit["sampling_seconds"] if is_whole else None

    rates = [ess_per_second(fit) for fit in done if is_whole]
    comparisons = [found for fit in done if (found := largest_z(fit["posterior"], expected))]
    setups = {is_cold: [fit["setup_seconds"] for fit in done if fit["is_cold"] == is_cold]
              for is_cold in (False, True)}
    measured = [*done, gradient] if gradient else done
    return {
        "engine": engine,
        "versions": measured[0]["versions"] if measured else {},
        "seeds": [fit["seed"] for fit in done],
        "failures": failures,
        "setup_seconds": median(setups[False]) if setups[False] else None,
        "setup_seconds_cold": median(setups[True]) if setups[True] else None,
        "sampling_seconds": middle(lambda fit: fit["sampling_seconds"]),
        "min_bulk_ess": middle(lambda fit: fit["min_bulk_ess"]),
        "min_tail_ess": middle(lambda fit: fit["min_tail_ess"]),
        "max_r_hat": max((fit["max_r_hat"] for fit in done), default=None),
        "divergences": [fit["divergences"] for fit in done],
        "ess_per_second": median(rates) if rates else None,
        "ess_per_second_range": [min(rates), max(rates)] if rates else None,
        "ess_per_second_with_setup": middle(
            lambda fit: ess_per_second(fit) and fit["min_bulk_ess"]
            / (fit["sampling_seconds"] + fit["setup_seconds"])),
        "warmup_gradients": middle(lambda fit: fit["warmup_gradients"]),
        "draw_gradients": middle(lambda fit: fit["draw_gradients"]),
        "gradient_nanoseconds": gradient["nanoseconds"] if gradient else None,
        "agreement": max(comparisons, key=lambda found: found["z"], default=None),
        "facts": done[0]["facts"] if done else {},
    }


if __name__ == "__main__":
    main()

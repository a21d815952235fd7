"""The report as markdown."""

HEADER = (
    "engine", "runs", "set-up s", "sampling s", "min bulk-ESS", "min tail-ESS", "max R-hat",
    "divergent", "ESS/s (range)", "ESS/s with set-up", "x best peer", "gradients", "gradient µs",
    "max z")


def markdown(report):
    """The whole report: an overview, then every problem with all that was measured."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(report["versions"].items()))
    lines = [
        f"# Strata and its peers, {machine['date']}", "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}; "
        f"{machine['compiler']}; Python {machine['python']}; {versions}.", "",
        "Benchmarks/README.md says what each number means, and what is not fair. Medians over seeds; "
        "R-hat and z are the worst of all.", "",
        "## Smallest bulk-ESS for each second of sampling", "", *overview(report["problems"]), ""]
    for table in report["problems"]:
        lines += [f"## {table['title']}", "", f"{_lengths(table)} Means against: {table['reference']}.", ""]
        lines += [_line(HEADER), _line(["---"] * len(HEADER))]
        lines += [_line(cells(row)) for row in table["engines"]]
        lines += [""] + [
            f"{row['engine']}: {note}  " for row in table["engines"] for note in notes(row)] + [""]
    return "\n".join(lines).replace("\n\n\n", "\n\n").rstrip() + "\n"


def overview(problems):
    """A line for each problem: ESS/s of every engine, and what Strata makes of the best peer's: as users run it, and with
    every parameter sampled."""
    engines = list(dict.fromkeys(row["engine"] for table in problems for row in table["engines"]))
    ours = [engine for engine in ("strata-auto", "strata") if engine in engines]
    yield _line(["model", *engines, *(f"{engine} / best peer" for engine in ours)])
    yield _line(["---"] * (len(engines) + len(ours) + 1))
    for table in problems:
        rows = {row["engine"]: row for row in table["engines"]}
        rates = [short(rows[e]["ess_per_second"]) if e in rows else "-" for e in engines]
        ratios = [short(rows[e]["times_best_peer"] if e in rows else None) for e in ours]
        yield _line([table["title"], *rates, *ratios])


def cells(row):
    """One engine's cells."""
    low_high = row["ess_per_second_range"]
    ranged = (
        f" ({short(low_high[0])}..{short(low_high[1])})"
        if low_high and len(row["seeds"]) > 1 else "")
    setup, cold = row["setup_seconds"], row["setup_seconds_cold"]
    setups = [short(setup)] * (setup is not None) + [f"{short(cold)} cold"] * (cold is not None)
    gradients = " + ".join(short(row[f"{phase}_gradients"]) for phase in ("warmup", "draw"))
    gradients = "-" if gradients == "- + -" else gradients
    nanoseconds, agreement = row["gradient_nanoseconds"], row["agreement"]
    return (
        row["engine"], str(len(row["seeds"])), ", ".join(setups) or "-",
        short(row["sampling_seconds"]), short(row["min_bulk_ess"]), short(row["min_tail_ess"]),
        f"{row['max_r_hat']:.3f}" if row["max_r_hat"] else "-",
        counts(row["divergences"]), short(row["ess_per_second"]) + ranged,
        short(row["ess_per_second_with_setup"]),
        f"{row['times_best_peer']:.2f}" if row["times_best_peer"] else "-", gradients,
        short(nanoseconds / 1000 if nanoseconds else None),
        f"{agreement['z']:.1f}{' !' if agreement['z'] > agreement['bound'] else ''}" if agreement else "-")


def counts(values):
    """A number for each run; of more than can be read in a cell, the least and the largest."""
    if len(values) > 9:
        return f"{min(values)}..{max(values)}"
    return "/".join(map(str, values)) or "-"


def notes(row):
    """What a reader must know beside the numbers."""
    yield from row["failures"]
    if "extrapolated" in row["facts"]:
        yield f"extrapolated from {row['facts']['extrapolated']}"
    if "seconds_with_processes" in row["facts"] and row["sampling_seconds"]:
        wall = row["facts"]["seconds_with_processes"]
        if wall > 1.2 * row["sampling_seconds"]:
            yield f"{short(wall)} s with starting processes and reading data"
    agreement = row["agreement"]
    if agreement and agreement["z"] > agreement["bound"]:
        yield (
            f"! the mean of {agreement['parameter']} is {agreement['z']:.1f} errors off; chance allows "
            f"{agreement['bound']:.1f} among {agreement['compared']}")


def short(value):
    """A number with about three digits."""
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _lengths(table):
    chains, lengths = table["lengths"].split("x")
    warmup, draws = lengths.split("+")
    return f"{chains} chains of {warmup} warmup + {draws} draws on {table['cores']} cores."


def _line(words):
    return "| " + " | ".join(words) + " |"

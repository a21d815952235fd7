"""A problem's table as the arrays that its models take."""

import numpy as np
import pandas as pd


def load(problem):
    """The data of a problem, and its levels as Strata labels them.

    Returns (data, levels): `data` holds N, J, `g` from 0, the columns, and X with K where there are
    covariates; `levels` are the labels of 0 ... J - 1.
    """
    if not problem.table.exists():
        raise SystemExit(f"{problem.table} is missing: run peers.py data first")
    table = pd.read_csv(problem.table)
    # Whole numbers in their order, other labels by their bytes, as Strata orders them.
    values = table[problem.group]
    is_number = np.issubdtype(values.dtype, np.integer)
    levels = sorted(values.unique(), key=None if is_number else lambda text: text.encode())
    codes = pd.Series(range(len(levels)), index=levels)
    data = {
        "N": len(table), "J": len(levels), "g": codes[values].to_numpy(),
        **{name: _numbers(name, table[column]) for name, column in problem.columns.items()}}
    if problem.covariates:
        data["X"] = np.ascontiguousarray(table[list(problem.covariates)].to_numpy(float))
        data["K"] = len(problem.covariates)
    return data, [str(level) for level in levels]


def parts(data):
    """The data of every level alone, without `g` and `J`."""
    for level in range(data["J"]):
        rows = data["g"] == level
        part = {
            name: values[rows] for name, values in data.items()
            if isinstance(values, np.ndarray) and name != "g"}
        yield {"N": int(rows.sum()), **part}


def labels(problem, name, levels):
    """The names of the numbers that a parameter stands for: `mu`, `a[AITKIN]`, `beta[x1]`."""
    has = problem.parameters[name]
    if has is False:
        return [name]
    return [f"{name}[{label}]" for label in (levels if has is True else has)]


def _numbers(name, column):
    """An outcome of whole numbers as counts, everything else as float64: Stan and PyMC tell them apart."""
    is_count = name == "y" and np.issubdtype(column.dtype, np.integer)
    return column.to_numpy(np.int64 if is_count else np.float64)

"""The engines by name. Each imports its packages only when it is asked to do something."""

import importlib

ENGINES = {
    "strata-auto": ("strata", "StrataAuto"),
    "strata": ("strata", "Strata"),
    "strata-direct": ("strata", "StrataDirect"),
    "stan": ("stan", "Stan"),
    "stanli": ("stanli", "Stanli"),
    "nutpie": ("nutpie", "Nutpie"),
    "pymc": ("pymc", "PyMC"),
    "numpyro": ("numpyro", "NumPyro"),
}


def engine(name):
    """The engine of that name."""
    module, kind = ENGINES[name]
    return getattr(importlib.import_module(f"engines.{module}"), kind)()

"""Makes the tables of the two large problems, always the same ones: about 100 MB in .work/data."""

import numpy as np
import pandas as pd

from harness.paths import DATA


def logistic(rows=100_000, groups=1_000, covariates=10):
    """Bernoulli outcomes: an intercept, a normal effect of each group, ten normal covariates."""
    random = np.random.default_rng(20240307)
    g = np.sort(random.integers(0, groups, size=rows))
    x = random.normal(size=(rows, covariates))
    coefficients = 0.5 * random.normal(size=covariates)
    effects = 0.7 * random.normal(size=groups)
    eta = -0.5 + effects[g] + x @ coefficients
    y = (random.random(rows) < 1 / (1 + np.exp(-eta))).astype(int)
    columns = {f"x{k + 1}": x[:, k] for k in range(covariates)}
    return pd.DataFrame({"g": g, "y": y, **columns})


def normal(rows=1_000_000, groups=5_000):
    """Normal outcomes: an intercept and a slope of each group."""
    random = np.random.default_rng(20240308)
    g = np.sort(random.integers(0, groups, size=rows))
    x = random.normal(size=rows)
    a = 1.0 + 0.6 * random.normal(size=groups)
    b = -0.5 + 0.3 * random.normal(size=groups)
    y = a[g] + b[g] * x + 0.8 * random.normal(size=rows)
    return pd.DataFrame({"g": g, "x": x, "y": y})


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    for make in (logistic, normal):
        path = DATA / f"{make.__name__}.csv"
        if not path.exists():
            make().to_csv(path, index=False)
            print(path)


if __name__ == "__main__":
    main()

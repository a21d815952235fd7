"""The problems: a model, its table, its parameters, and how long the chains are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.paths import DATA, EXAMPLES, MODELS


@dataclass(frozen=True)
class Settings:
    """Chains, their lengths, and the seed; all engines aim at an acceptance of 0.8."""

    chains: int = 4
    warmup: int = 1000
    draws: int = 1000
    seed: int = 1
    cores: int = 2

    @property
    def lengths(self):
        """`4x1000+1000`, as in the names of result files."""
        return f"{self.chains}x{self.warmup}+{self.draws}"


@dataclass(frozen=True)
class Problem:
    """One model on one table, the same for every engine.

    `columns` maps the names that the models use (`y`, `x`, ...) to columns of the table. The levels of
    `group` become `g`, counted from 0 in Strata's order, and `J` is their number. `covariates` become
    the matrix `X` with `K` columns. `parameters` are all that count for ESS and agreement, on the scale
    of the model: group effects, not standardised ones; True where there is one per level.
    """

    name: str
    title: str
    table: Path
    strata: Path
    columns: dict
    group: str
    parameters: dict
    covariates: tuple = ()
    expected: str | None = None
    is_separate: bool = False
    settings: Settings = field(default_factory=Settings)

    @property
    def stan(self):
        """The Stan program."""
        return MODELS / f"{self.name}.stan"

    @property
    def is_large(self):
        """Whether a gradient takes milliseconds."""
        return self.table.parent == DATA


_COVARIATES = tuple(f"x{k}" for k in range(1, 11))

PROBLEMS = {
    problem.name: problem
    for problem in (
        Problem(
            name="radon", title="radon, varying intercept and slope, non-centred by hand",
            table=EXAMPLES / "radon.csv", strata=MODELS / "radon.strata",
            columns={"x": "floor", "y": "log_radon"}, group="county",
            parameters={"mu_a": False, "sigma_a": False, "mu_b": False, "sigma_b": False,
                        "eps": False, "a": True, "b": True},
            expected="radon_varying_intercept_slope.json"),
        Problem(
            name="separate", title="85 separate radon regressions",
            table=EXAMPLES / "radon.csv", strata=MODELS / "separate.strata",
            columns={"x": "floor", "y": "log_radon"}, group="county", is_separate=True,
            parameters={"a": True, "b": True, "eps": True}),
        Problem(
            name="response_times", title="response times, NegBinomial with Gamma(mean, sd) priors",
            table=EXAMPLES / "response_times.csv", strata=EXAMPLES / "response_times.strata",
            columns={"y": "y"}, group="g",
            parameters={"mu_mu": False, "sigma_mu": False, "mu_al": False, "sigma_al": False,
                        "mu": True, "alpha": True},
            expected="response_times_negbin.json"),
        Problem(
            name="water_quality", title="water quality, Beta-Bernoulli",
            table=EXAMPLES / "water_quality_18_3_3.csv", strata=EXAMPLES / "water_quality.strata",
            columns={"y": "y"}, group="g",
            parameters={"mu": False, "nu": False, "theta": True},
            expected="water_quality_18_3_3.json"),
        Problem(
            name="sites", title="two sites, own noise",
            table=EXAMPLES / "sites.csv", strata=EXAMPLES / "sites.strata",
            columns={"x": "x", "y": "y"}, group="g",
            parameters={"mu_global": False, "beta": True, "sigma": True},
            expected="sites_normal.json"),
        Problem(
            name="eight_schools", title="eight schools, non-centred by hand",
            table=EXAMPLES / "eight_schools.csv", strata=EXAMPLES / "eight_schools.strata",
            columns={"y": "y", "sigma": "sigma"}, group="school",
            parameters={"mu": False, "tau": False, "theta": True},
            expected="eight_schools.json"),
        Problem(
            name="logistic", title="logistic, 100,000 rows, 1,000 groups, 10 covariates",
            table=DATA / "logistic.csv", strata=MODELS / "logistic.strata",
            columns={"y": "y"}, group="g", covariates=_COVARIATES,
            parameters={"alpha": False, "beta": _COVARIATES, "tau": False, "a": True},
            settings=Settings(warmup=500, draws=500)),
        Problem(
            name="normal", title="normal, 1,000,000 rows, 5,000 groups, intercept and slope",
            table=DATA / "normal.csv", strata=MODELS / "normal.strata",
            columns={"x": "x", "y": "y"}, group="g",
            parameters={"mu_a": False, "tau_a": False, "mu_b": False, "tau_b": False,
                        "eps": False, "a": True, "b": True},
            settings=Settings(chains=2, warmup=300, draws=200)),
    )
}

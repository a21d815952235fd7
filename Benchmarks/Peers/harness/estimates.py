"""The one estimator for all engines: arviz-stats' rank-normalised ESS and R-hat of every parameter."""

from dataclasses import dataclass

import numpy as np
from arviz_stats.base import array_stats


@dataclass
class Estimates:
    """One entry for each number of the model, `names` beside them."""

    names: list
    mean: np.ndarray
    sd: np.ndarray
    mcse: np.ndarray
    bulk: np.ndarray
    tail: np.ndarray
    r_hat: np.ndarray

    def worst(self):
        """The least ESS and the largest R-hat, for the record of a run."""
        return {
            "min_bulk_ess": float(np.min(self.bulk)), "min_tail_ess": float(np.min(self.tail)),
            "max_r_hat": float(np.max(self.r_hat)), "worst": self.names[int(np.argmin(self.bulk))],
            "parameters": len(self.names)}

    def posterior(self):
        """Mean, sd and MCSE of the mean by name."""
        return {
            name: [float(f"{value:.8g}") for value in values]
            for name, *values in zip(self.names, self.mean, self.sd, self.mcse)}


def estimate(names, draws):
    """Estimates of `draws` (chain, draw, number), bulk-ESS, tail-ESS at 5 % and 95 %, MCSE of means."""
    axes = {"chain_axis": 0, "draw_axis": 1}
    # Some hundred numbers at a time: the estimators copy what they get.
    pieces = [draws[:, :, i : i + 256] for i in range(0, draws.shape[2], 256)]

    def each(function, **options):
        return np.concatenate([np.atleast_1d(function(piece, **axes, **options)) for piece in pieces])

    sd = draws.std(axis=(0, 1), ddof=1)
    return Estimates(
        names=names, mean=draws.mean(axis=(0, 1)), sd=sd,
        mcse=sd / np.sqrt(each(array_stats.ess, method="mean")),
        bulk=each(array_stats.ess, method="bulk"),
        tail=each(array_stats.ess, method="tail", prob=(0.05, 0.95)),
        r_hat=each(array_stats.rhat, method="rank"))

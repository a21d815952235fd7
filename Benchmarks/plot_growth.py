"""The picture of how one gradient grows: python3 plot_growth.py Results/DATE.json Results/growth-DATE.svg

Reads what `bench --filter growth --json` wrote. Needs matplotlib.
"""

import json
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

# Okabe and Ito's colours, which those who are colour-blind tell apart; markers and dashes do in print.
STYLES = {
    ("normal", "direct"): ("#0072B2", "o", "-"),
    ("normal", "compressed"): ("#0072B2", "o", "--"),
    ("logistic", "direct"): ("#D55E00", "s", "-"),
    ("negative binomial", "direct"): ("#009E73", "^", "-"),
    ("negative binomial", "compressed"): ("#009E73", "^", "--"),
}


def panel(axes, points, size, title, label):
    """One line for each model and plan."""
    for (name, plan), (colour, marker, dash) in STYLES.items():
        line = sorted(
            (p[size], p["microseconds"]) for p in points if (p["name"], p["plan"]) == (name, plan)
        )
        axes.loglog(*zip(*line), color=colour, marker=marker, linestyle=dash, label=f"{name}, {plan}")
    axes.set_title(title, fontsize=11)
    axes.set_xlabel(label)
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def main(source, target):
    """Writes the picture."""
    with open(source, encoding="utf-8") as file:
        points = json.load(file)["growth"]
    plt.rcParams.update({"font.family": "sans-serif", "svg.fonttype": "none", "svg.hashsalt": "strata"})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.6), sharey=True)
    panel(left, [p for p in points if p["groups"] == 100], "rows", "100 groups", "rows")
    panel(right, [p for p in points if p["rows"] == 1_000_000], "groups", "1,000,000 rows", "groups")
    left.set_ylabel("one gradient, µs, one thread")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=3, frameon=False, fontsize=9)
    figure.tight_layout(rect=(0, 0.12, 1, 1))
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

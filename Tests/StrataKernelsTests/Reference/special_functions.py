"""Reference values of the special functions, special_functions_NAME.txt beside this file.

One line per point: the arguments and the value rounded to double, as hexadecimal floating point,
then (exact value - rounded value) in ulps of the rounded value, so that a test measures an error
to a hundredth of an ulp. The two-argument files end a line with the condition number in y,
1 + |y (d value / d y) / value|. Arguments: the edges, dense near special points, log-spaced over
the whole range, seed 1.

Made with Python 3.11.7 and mpmath 1.3.0, 2026-11-21: python3 special_functions.py
"""

import math
import random
import sys
from pathlib import Path

import mpmath as mp

HERE = Path(__file__).parent
random.seed(1)


def log_spaced(low, high, count):
    """Half of them a regular grid in log x, half random."""
    a, b = math.log(low), math.log(high)
    grid = [math.exp(a + (b - a) * i / (count // 2 - 1)) for i in range(count // 2)]
    grid = [min(max(x, low), high) for x in grid]
    return grid + [math.exp(random.uniform(a, b)) for _ in range(count - count // 2)]


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def both_signs(values):
    return [s * x for x in values for s in (1, -1)]


def around(center, radius, count):
    return [center] + [center + d for d in both_signs(log_spaced(1e-16, radius, count // 2))]


def neighbours(x):
    return [math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf)]


TINY = 5e-324
SMALLEST_NORMAL = 2.0**-1022
LARGEST = sys.float_info.max


def ulp(x):
    """math.ulp, but of the largest double at infinity."""
    return math.ulp(x) if math.isfinite(x) else math.ulp(LARGEST)


def rounded_and_offset(exact):
    """The double next to `exact`, and the rest in its ulps."""
    if exact != 0 and abs(exact) < SMALLEST_NORMAL:
        rounded = float(mp.nint(exact * mp.mpf(2) ** 1074)) * TINY
    else:
        rounded = float(exact)
    if not math.isfinite(rounded):
        return rounded, 0.0
    return rounded, float((exact - mp.mpf(rounded)) / mp.mpf(ulp(rounded)))


def write(name, rows):
    with open(HERE / f"special_functions_{name}.txt", "w") as file:
        for arguments, exact, extra in rows:
            value, offset = rounded_and_offset(exact)
            words = [x.hex() for x in arguments] + [value.hex(), f"{offset:.3f}"] + extra
            file.write(" ".join(words) + "\n")


def unary(name, function, points, precision=200):
    mp.mp.prec = precision
    points = sorted(set(x for x in points if math.isfinite(x)))
    write(name, [((x,), function(mp.mpf(x)), []) for x in points])


def binary(name, function, slope, points):
    rows = []
    for alpha, y in sorted(set(points)):
        # lgamma(alpha + y) - lgamma(alpha) cancels down to y^2 / alpha or 1 / alpha^2.
        span = abs(math.log2(alpha)) + abs(math.log2(y))
        mp.mp.prec = 200 + int(4 * span)
        a, b = mp.mpf(alpha), mp.mpf(y)
        value = function(a, b)
        rows.append(((alpha, y), value, [f"{float(1 + abs(b * slope(a, b) / value)):.6g}"]))
    write(name, rows)


def main():
    full = [TINY, SMALLEST_NORMAL, LARGEST] + log_spaced(SMALLEST_NORMAL, LARGEST, 800)
    full += [x * TINY for x in (2, 3, 5, 1000, 12345678)]  # subnormal
    exponents = (
        uniform(-746, 710, 800)
        + uniform(-1, 1, 400)
        + uniform(-40, 40, 400)
        + uniform(-746, -708, 200)  # subnormal results
        + both_signs(log_spaced(TINY * 4, 1, 200))
        + neighbours(709.782712893384)
        + neighbours(-745.1332191019411)
        + neighbours(-708.3964185322641)
        + [(n + 0.5) * math.log(2) for n in range(-1075, 1024, 25)]  # ends of the reduced range
        + [0.0, 1.0, -1.0]
    )
    unary("exp", mp.exp, exponents, 1200)
    unary("expm1", mp.expm1, exponents + around(37.5, 3, 100), 1200)
    unary("log1p_exp", lambda x: mp.log1p(mp.exp(x)), exponents, 1200)
    unary("inverse_logit", lambda x: 1 / (1 + mp.exp(-x)), exponents, 1200)
    cuts = neighbours(math.sqrt(0.5)) + neighbours(math.sqrt(2)) + neighbours(2.0) + neighbours(0.5)
    unary("log", mp.log, full + around(1.0, 0.4, 800) + uniform(0.5, 4, 600) + cuts)
    unary(
        "log1p",
        mp.log1p,
        full
        + [-x for x in log_spaced(TINY * 4, 0.5, 300)]
        + [-1 + x for x in log_spaced(2.0**-53, 0.5, 300)]
        + uniform(-0.9, 3, 800)
        + [x - 1 for x in cuts]
        + [-1 + 2.0**-53, 2.0**53, 2.0**52],
        1300,
    )
    positive = [x for x in full if x <= 2.5e305]
    steps = [y for n in range(1, 17) for y in neighbours(n / 2)]
    unary(
        "lgamma",
        mp.loggamma,
        positive
        + steps
        + neighbours(math.sqrt(2))
        + around(1.0, 0.5, 400)
        + around(2.0, 0.5, 400)
        + uniform(0.3, 8, 900)
        + uniform(7, 200, 300)
        + [2.55e305, 2.556e305],
        1300,
    )
    unary(
        "digamma",
        mp.digamma,
        [x for x in full if x > 1e-307]
        + steps
        + around(1.4616321449683623, 0.4, 500)
        + uniform(0.3, 8, 900)
        + uniform(7, 200, 300),
        1300,
    )

    pairs = []
    for y in [2.0, 3.0, 4.0, 7.0, 12.0, 40.0, 500.0, 1e4, 1e6, 1e9, 1e12, 1e15]:  # counts
        pairs += [(a, y) for a in log_spaced(1e-10, 1e15, 50) + [1e8, 1e-3, 7.999999, 8.0]]
    pairs += [(a, math.floor(y)) for a, y in zip(uniform(0.05, 60, 400), log_spaced(2, 300, 400))]
    alphas = log_spaced(1e-10, 1e15, 500)
    random.shuffle(alphas)
    pairs += list(zip(alphas, log_spaced(1e-10, 1e15, 500)))
    pairs += list(zip(alphas, uniform(0.01, 3, 250)))
    pairs += [(a, a * t) for a in (0.3, 3.0, 20.0, 1e6) for t in uniform(0.9, 1.1, 20) + [1.0]]
    wide = log_spaced(1e-300, 1e300, 60)
    random.shuffle(wide)
    pairs += list(zip(wide, [float(n) for n in range(2, 62)]))
    pairs += list(zip(wide, log_spaced(1e15, 1e300, 60)))
    pairs = [(float(a), float(y)) for a, y in pairs]
    binary(
        "lgamma_ratio",
        lambda a, y: mp.loggamma(a + y) - mp.loggamma(a) - y * mp.log(a),
        lambda a, y: mp.digamma(a + y) - mp.log(a),
        [(a, y) for a, y in pairs if y != 1],
    )
    binary(
        "digamma_difference",
        lambda a, y: mp.digamma(a + y) - mp.digamma(a),
        lambda a, y: mp.polygamma(1, a + y),
        pairs,
    )


if __name__ == "__main__":
    main()

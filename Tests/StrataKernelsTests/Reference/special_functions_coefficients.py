"""Polynomial coefficients of CKernels/src/vector_math.h, and of families/lean.h and count_gamma.h.

Each polynomial interpolates its function at Chebyshev nodes (within a small factor of minimax at
these degrees), is computed with 60 digits and rounded to double. Prints C arrays and the largest
error of the rounded polynomial, absolute, in exact arithmetic.

Made with Python 3 and mpmath 1.3.0, 2026-11-21: python3 special_functions_coefficients.py
"""

import mpmath as mp

mp.mp.dps = 60


def fit(name, function, low, high, degree):
    low, high = mp.mpf(low), mp.mpf(high)
    middle, half = (low + high) / 2, (high - low) / 2
    n = degree + 1
    nodes = [middle + half * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    matrix = mp.matrix(n, n)
    values = mp.matrix(n, 1)
    for i, x in enumerate(nodes):
        values[i] = function(x)
        for j in range(n):
            matrix[i, j] = x**j
    solution = mp.lu_solve(matrix, values)
    rounded = [float(c) for c in solution]
    worst = 0
    for i in range(401):
        x = low + (high - low) * i / 400
        worst = max(worst, abs(mp.polyval([mp.mpf(c) for c in reversed(rounded)], x) - function(x)))
    print(f"// {name}: degree {degree} on [{mp.nstr(low, 5)}, {mp.nstr(high, 5)}], error {mp.nstr(worst, 2)}")
    print(f"static const double {name}[] = {{")
    for c in rounded:
        print(f"    {c.hex()},")
    print("};")


def series_or(x, near, limit):
    """Removable singularities at 0: the middle node and the error check hit it."""
    return limit if abs(x) < mp.mpf(10) ** -30 else near(x)


HALF_LN2 = mp.log(2) / 2


def exp_tail(r):
    return series_or(r, lambda r: (mp.expm1(r) - r) / r**2, mp.mpf(1) / 2)


def atanh_tail(z):
    """2 atanh(s) = 2 s + s z t(z), z = s^2."""
    return series_or(z, lambda z: 2 * (mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mp.mpf(2) / 3)


def lgamma_two(d):
    """lgamma(2 + d) / d."""
    return series_or(d, lambda d: mp.loggamma(2 + d) / d, mp.digamma(2))


def stirling(z):
    """lgamma(x) = (x - 1/2) log x - x + log(2 pi) / 2 + w(1/x^2) / x."""
    if z == 0:
        return mp.mpf(1) / 12
    x = 1 / mp.sqrt(z)
    return x * (mp.loggamma(x) - (x - mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)


def digamma_tail(z):
    """digamma(x) = log x - 1/(2x) - v(1/x^2) / x^2."""
    if z == 0:
        return mp.mpf(1) / 12
    x = 1 / mp.sqrt(z)
    return x * x * (mp.log(x) - 1 / (2 * x) - mp.digamma(x))


ROOT = mp.findroot(mp.digamma, mp.mpf("1.4616321449683623"))


def digamma_root(d):
    """digamma(ROOT + d) / d."""
    return series_or(d, lambda d: mp.digamma(ROOT + d) / d, mp.polygamma(1, ROOT))


if __name__ == "__main__":
    fit("exp_tail", exp_tail, -HALF_LN2, HALF_LN2, 10)
    edge = mp.sqrt(2)
    fit("log_tail", atanh_tail, 0, ((edge - 1) / (edge + 1)) ** 2, 6)
    fit("ratio_tail", atanh_tail, 0, mp.mpf(1) / 9, 10)
    fit("lgamma_two", lgamma_two, mp.sqrt(2) - 2, 0.5, 19)
    fit("stirling_tail", stirling, 0, 1 / mp.mpf("7.5") ** 2, 7)
    fit("digamma_root", digamma_root, 1 - ROOT, 2 - ROOT, 22)
    fit("digamma_tail", digamma_tail, 0, 1 / mp.mpf(7) ** 2, 8)
    # For densities, whose bound is 1e-13: after the powers that multiply them, errors of a few 1e-16 of the result.
    fit("exp_short", exp_tail, -HALF_LN2, HALF_LN2, 8)
    fit("log_short", atanh_tail, 0, ((edge - 1) / (edge + 1)) ** 2, 5)
    fit("logistic_tail", atanh_tail, 0, mp.mpf(1) / 9, 8)
    fit("count_stirling", stirling, 0, mp.mpf(1) / 64, 4)
    fit("count_digamma", digamma_tail, 0, mp.mpf(1) / 64, 4)
    high = float(ROOT)
    print("root - 1:", float(ROOT - 1).hex(), float(ROOT - 1 - mp.mpf(float(ROOT - 1))).hex())
    half_log_two_pi = mp.log(2 * mp.pi) / 2
    print("log(2 pi)/2 - 1/2:", float(half_log_two_pi - mp.mpf(1) / 2).hex())
    ln2 = mp.log(2)
    print("ln2:", float(ln2).hex(), float(ln2 - mp.mpf(float(ln2))).hex(), "log2(e):", float(1 / ln2).hex())

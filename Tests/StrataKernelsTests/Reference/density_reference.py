#!/usr/bin/env python3
"""Writes density_reference.csv: log densities and derivatives to 20 digits, made with mpmath.

Columns: family, variate y, up to three arguments (exact doubles; empty where the family has fewer),
then pairs (number, sum of the absolute values of its terms) for: the constant that depends on counts
alone, the log density without it, and the derivatives in y and in each argument (empty where there
is none: counts are data). The terms are those in the formulas below, one per entry of the lists;
errors are judged against their sum. They are the terms after the cancellation that can be done by
hand is done: lgamma_ratio(a, y) = lgamma(a + y) - lgamma(a) - y log a, digamma(a + y) - digamma(a)
and log B(a, b) each count as one term.

Every derivative is checked here against a central difference (at 150 digits) of the textbook form of
the log density, which shares nothing with the formulas.
"""
import datetime
import itertools
import mpmath
from mpmath import mp, mpf, log, log1p, exp, loggamma, psi, pi

mp.dps = 150
half_log_2pi = log(2 * pi) / 2


def lgamma(x): return mpmath.re(loggamma(x))
def digamma(x): return psi(0, x)
def ratio(a, y): return lgamma(a + y) - lgamma(a) - y * log(a)
def psi_difference(a, y): return digamma(a + y) - digamma(a)
def softplus(x): return log1p(exp(x)) if x < 0 else x + log1p(exp(-x))
def sigmoid(x): return 1 / (1 + exp(-x))
def xlog(x, y): return mpf(0) if x == 0 else x * log(y)
def log_choose(n, k): return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


# Each family: (terms of the value, of dy, of d1, d2, d3; textbook log density). None: no derivative.
def normal(y, m, s):
    z = (y - m) / s
    return [[-log(s), -half_log_2pi, -z * z / 2], [-z / s], [z / s], [z * z / s, -1 / s]], \
        -log(s * mpmath.sqrt(2 * pi)) - (y - m) ** 2 / (2 * s ** 2)


def student_t(y, v, m, s):
    z = (y - m) / s
    u, w = z * z / v, v + z * z
    return [[ratio(v / 2, mpf(1) / 2), -half_log_2pi, -log(s), -(v + 1) / 2 * log1p(u)],
            [-(v + 1) * z / (w * s)],
            [psi_difference(v / 2, mpf(1) / 2) / 2, -1 / (2 * v), -log1p(u) / 2, (v + 1) * u / (2 * w)],
            [(v + 1) * z / (w * s)], [v * z * z / (w * s), -v / (w * s)]], \
        lgamma((v + 1) / 2) - lgamma(v / 2) - log(v * pi) / 2 - log(s) - (v + 1) / 2 * log(1 + u)


def cauchy(y, m, s):
    z = (y - m) / s
    w = (1 + z * z) * s
    return [[-log(pi), -log(s), -log1p(z * z)], [-2 * z / w], [2 * z / w], [z * z / w, -1 / w]], \
        -log(pi * s * (1 + z * z))


def lognormal(y, m, s):
    z = (log(y) - m) / s
    terms, _ = normal(log(y), m, s)
    terms[0].append(-log(y))
    terms[1] = [-z / (s * y), -1 / y]
    return terms, -log(y * s * mpmath.sqrt(2 * pi)) - (log(y) - m) ** 2 / (2 * s * s)


def laplace(y, m, s):
    z, sign = abs(y - m) / s, mpmath.sign(y - m)
    return [[-log(2), -log(s), -z], [-sign / s], [sign / s], [z / s, -1 / s]], \
        -log(2 * s) - abs(y - m) / s


def uniform(y, a, b):
    return [[-log(b - a)], [mpf(0)], [1 / (b - a)], [-1 / (b - a)]], -log(b - a)


def exponential(y, r):
    return [[log(r), -r * y], [-r], [1 / r, -y]], log(r) - r * y


def gamma(y, a, r):
    return [[a * log(r), -lgamma(a), (a - 1) * log(y), -r * y], [(a - 1) / y, -r],
            [log(r), log(y), -digamma(a)], [a / r, -y]], \
        a * log(r) - lgamma(a) + (a - 1) * log(y) - r * y


def inverse_gamma(y, a, b):
    return [[a * log(b), -lgamma(a), -(a + 1) * log(y), -b / y], [-(a + 1) / y, b / y ** 2],
            [log(b), -digamma(a), -log(y)], [a / b, -1 / y]], \
        a * log(b) - lgamma(a) - (a + 1) * log(y) - b / y


def beta(y, a, b):
    normaliser = lgamma(a + b) - lgamma(a) - lgamma(b)
    return [[normaliser, (a - 1) * log(y), (b - 1) * log1p(-y)], [(a - 1) / y, -(b - 1) / (1 - y)],
            [psi_difference(a, b), log(y)], [psi_difference(b, a), log1p(-y)]], \
        normaliser + (a - 1) * log(y) + (b - 1) * log(1 - y)


def neg_binomial(y, m, a):
    w = a + m
    return [[ratio(a, y), xlog(y, m), -(a + y) * log1p(m / a)], None,
            [a * y / (m * w), -a / w],
            [psi_difference(a, y), -log1p(m / a), m / w, -y / w]], \
        lgamma(y + a) - lgamma(a) + a * log(a / w) + y * log(m / w)


def neg_binomial_log(y, eta, a):
    t = eta - log(a)
    p, q = sigmoid(t), sigmoid(-t)
    return [[ratio(a, y), y * eta, -(a + y) * softplus(t)], None, [y * q, -a * p],
            [psi_difference(a, y), -softplus(t), p, -y / a * q]], \
        lgamma(y + a) - lgamma(a) + a * log(a / (a + exp(eta))) + y * (eta - log(a + exp(eta)))


def poisson(y, r):
    return [[xlog(y, r), -r], None, [y / r, mpf(-1)]], y * log(r) - r


def poisson_log(y, eta):
    return [[y * eta, -exp(eta)], None, [y, -exp(eta)]], y * eta - exp(eta)


def bernoulli(y, p):
    return [[log(p) if y == 1 else log1p(-p)], None, [1 / p if y == 1 else -1 / (1 - p)]], \
        log(p) * y + log(1 - p) * (1 - y)


def bernoulli_logit(y, eta):
    return [[-softplus(-eta) if y == 1 else -softplus(eta)], None,
            [sigmoid(-eta) if y == 1 else -sigmoid(eta)]], y * eta - log(1 + exp(eta))


def binomial(y, n, p):
    return [[xlog(y, p), (n - y) * log1p(-p)], None, None, [y / p, -(n - y) / (1 - p)]], \
        y * log(p) + (n - y) * log(1 - p)


def binomial_logit(y, n, eta):
    return [[-y * softplus(-eta), -(n - y) * softplus(eta)], None, None,
            [y * sigmoid(-eta), -(n - y) * sigmoid(eta)]], y * eta - n * log(1 + exp(eta))


def product(*lists): return list(itertools.product(*lists))


scales = [1e-8, 0.7, 1e8]
places = [(0.0, 0.0), (1.5, -0.3), (-3.25, 12.0), (1e12, 0.0), (1e12, 1e12 - 0.25), (1e-12, 3e-12)]
on_line = [(y, m, s) for (y, m), s in product(places, scales)]
near = [5e-324, 1e-300, 1e-8, 0.3, 1 - 1e-9, 1.0]
counts = [0.0, 1.0, 7.0, 250.0, 1e9]
etas = [-1e3, -30.0, -0.4, 0.0, 2.5, 15.0, 700.0]
logits = [-1e8, -1e3, -37.0, -0.3, 0.0, 1e-9, 5.0, 750.0, 1e8]
# Around the limits of the product that replaces the gamma functions.
some_counts = counts + [2.0, 32.0, 33.0]
alphas = [1e-3, 0.6, 5.0, 300.0, 1e5, 1e8]
some_alphas = alphas + [0.124, 0.125]
shapes = [1e-3, 0.5, 1.0, 2.5, 40.0, 1e8]
trials = [(0.0, 0.0), (0.0, 9.0), (4.0, 9.0), (9.0, 9.0), (3.0, 1e9), (4e8, 1e9), (1e9, 1e9)]

points = {
    normal: on_line,
    student_t: [(y, v, m, s) for v, (y, m, s) in product([0.5, 1.0, 4.0, 31.0, 1e4, 1e8], on_line)],
    cauchy: on_line,
    lognormal: product([1e-300, 1e-8, 1.0, 2.7, 1e12], [0.0, -18.0, 3.5], scales),
    laplace: on_line,
    uniform: [(0.5, 0.0, 1.0), (0.0, 0.0, 1.0), (1e12, -1e12, 1e12), (2e-8, 1e-8, 3e-8), (-5.0, -1e8, 4.0)],
    exponential: product([0.0, 1e-8, 1.3, 1e8], [1e-8, 0.7, 1e8]),
    gamma: product([1e-8, 0.4, 3.0, 1e8], shapes, scales),
    inverse_gamma: product([1e-8, 0.4, 3.0, 1e8], shapes, scales),
    beta: product([1e-300, 1e-8, 0.3, 1 - 1e-9], shapes, shapes),
    neg_binomial: product(some_counts, [1e-8, 0.3, 4.0, 1e3, 1e9], some_alphas),
    neg_binomial_log: product(some_counts, [-1e3, -30.0, -0.4, 2.5, 20.0, 1e3], some_alphas),
    poisson: product(counts, [1e-8, 0.3, 4.0, 1e3, 1e9]),
    poisson_log: product(counts, etas),
    bernoulli: product([0.0, 1.0], near[:-1]),
    bernoulli_logit: product([0.0, 1.0], logits),
    binomial: [(y, n, p) for (y, n), p in product(trials, near[:-1])],
    binomial_logit: [(y, n, eta) for (y, n), eta in product(trials, logits)],
}


def constant(family, x):
    if family in (neg_binomial, neg_binomial_log, poisson, poisson_log): return -lgamma(x[0] + 1)
    if family in (binomial, binomial_logit): return log_choose(x[1], x[0])
    return mpf(0)


def check(family, x, terms):
    """Value and derivatives against the textbook form."""
    book = family(*x)[1]
    assert abs(sum(terms[0]) - book) <= mpf(10) ** -40 * (1 + abs(book)), (family.__name__, x)
    for i, t in enumerate(terms[1:]):
        if t is None or (family is laplace and x[0] == x[1] and i < 2): continue
        # Small against the argument and against the scale the function varies on.
        h = mpf(10) ** -30 * min([abs(v) for v in x[i:] if v] + [mpf(1)])
        if family in (bernoulli, binomial, beta): h *= (1 - x[-1 if family is not beta else 0])
        if h == 0: continue
        up, down = [list(x), list(x)]
        up[i] += h
        down[i] -= h
        if family is exponential and i == 0 and x[0] == 0: down = list(x)
        width = up[i] - down[i]
        with mpmath.workdps(700):
            slope = (family(*up)[1] - family(*down)[1]) / width
        size = sum(abs(v) for v in t) + mpf(10) ** -30
        assert abs(slope - sum(t)) <= mpf(10) ** -20 * size, (family.__name__, x, i, slope, sum(t))


def number(x): return mpmath.nstr(x, 20, min_fixed=0, max_fixed=0) if x else '0'
def pair(t): return ',' if t is None else \
    number(sum(t)) + ',' + (mpmath.nstr(sum(abs(v) for v in t), 4) if sum(abs(v) for v in t) else '0')


if __name__ == '__main__':
    with open('density_reference.csv', 'w') as out:
        out.write(f'# density_reference.py, mpmath {mpmath.__version__}, {datetime.date.today()}\n')
        out.write('# family,y,a1,a2,a3,constant,sum,value,sum,dy,sum,d1,sum,d2,sum,d3,sum\n')
        for family, rows in points.items():
            for row in rows:
                x = [mpf(v) for v in row]
                terms, _ = family(*x)
                check(family, x, terms)
                cells = [family.__name__] + [repr(v) for v in row] + [''] * (4 - len(row))
                c = constant(family, x)
                pairs = [pair([c])] + [pair(t) for t in terms] + [','] * (5 - len(terms))
                out.write(','.join(cells + pairs) + '\n')

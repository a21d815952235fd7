"""For marginal-reference: a model text evaluated term by term, with affine forms for what is integrated."""
import csv
import io
import re

import mpmath
from mpmath import log, log1p, mpf, pi


# MARK: The model text

class Affine:
    """constant + sum of slopes[name] * name."""

    def __init__(self, constant, slopes=None):
        self.constant, self.slopes = mpf(constant), slopes or {}

    @staticmethod
    def of(x): return x if isinstance(x, Affine) else Affine(x)

    def __add__(self, other):
        other = Affine.of(other)
        slopes = dict(self.slopes)
        for name, slope in other.slopes.items(): slopes[name] = slopes.get(name, 0) + slope
        return Affine(self.constant + other.constant, slopes)

    def __mul__(self, other):
        if isinstance(other, Affine):
            if other.slopes: self, other = other, self
            assert not other.slopes, 'not linear'
            other = other.constant
        return Affine(self.constant * other, {name: slope * other for name, slope in self.slopes.items()})

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -Affine.of(other)
    def __rsub__(self, other): return -self + other
    __radd__, __rmul__ = __add__, __mul__


class Indexed:
    def __init__(self, lookup): self.lookup = lookup
    def __getitem__(self, level): return self.lookup(level)


class Names(dict):
    """What the identifiers of an expression mean in one row."""

    def __init__(self, lookup): self.lookup = lookup
    def __missing__(self, name): return self.lookup(name)


class Model:
    correlation = re.compile(r'correlation\((\w+), (\w+)\) ~ LKJ\((.+)\)')
    statement = re.compile(r'\s*(\w+)(?:\[(\w+)\])?\s*([~=])\s*(.+)')

    def __init__(self, text, table):
        self.rows = list(csv.DictReader(io.StringIO(table)))
        self.factors = set(re.findall(r'\[(\w+)\]', text))
        self.lines, self.correlated = {}, []
        for line in text.splitlines():
            pair = self.correlation.fullmatch(line.strip())
            if pair: self.correlated.append((pair[1], pair[2], mpf(pair[3])))
            elif line.split('#')[0].strip():
                name, factor, sign, right = self.statement.fullmatch(line.split('#')[0].rstrip()).groups()
                self.lines[name] = (factor, sign, compile(right, name, 'eval'))
        self.parameters = [
            one for name, (factor, sign, _) in self.lines.items() if sign == '~' and name not in self.rows[0]
            for one in ([f'{name}[{level}]' for level in self.levels(factor)] if factor else [name])]
        self.parameters += [correlation_name(a, b) for a, b, _ in self.correlated]

    def levels(self, factor):
        labels = {row[factor] for row in self.rows}
        whole = all(re.fullmatch('-?[0-9]+', label) for label in labels)
        return sorted(labels, key=int if whole else lambda label: label.encode())

    def evaluate(self, name, row, values):
        """The right side of a line in one row; a distribution is (family, arguments)."""
        def lookup(found):
            if found[0].isupper() and found not in row and found not in self.lines:
                return lambda *arguments, **named: (found, arguments)
            if found in self.factors: return row[found]
            if found in row: return mpf(float(row[found]))
            factor, sign, _ = self.lines[found]
            if not factor: return values[found] if sign == '~' else self.evaluate(found, row, values)
            return Indexed(
                lambda level: values[f'{found}[{level}]'] if sign == '~'
                else self.evaluate(found, self.first(factor, level), values))
        return eval(self.lines[name][2], {}, Names(lookup))

    def first_of(self, name):
        """For an element of an effect that is the second of a pair: that of the first, and the correlation's name."""
        for a, b, _ in self.correlated:
            if name and name.startswith(b + '['): return a + name[len(b):], correlation_name(a, b)
        return None

    def first(self, factor, level): return next(row for row in self.rows if row[factor] == level)

    def terms(self, values):
        """(parameter or None if observed, variate, family, arguments), one per factor of the joint density."""
        found = []
        for name, (factor, sign, _) in self.lines.items():
            if sign == '=': continue
            if name in self.rows[0]:
                for row in self.rows:
                    found.append((None, mpf(float(row[name])), *self.evaluate(name, row, values)))
            elif factor:
                for level in self.levels(factor):
                    one = f'{name}[{level}]'
                    found.append((one, values[one], *self.evaluate(name, self.first(factor, level), values)))
            else:
                found.append((name, values[name], *self.evaluate(name, self.rows[0], values)))
        for a, b, eta in self.correlated:
            found.append((correlation_name(a, b), values[correlation_name(a, b)], 'LKJ', (eta,)))
        return found


def correlation_name(a, b): return f'correlation({a}, {b})'


# MARK: Densities of what remains: the log and its derivative in x

def half_student_t(x, v, s):
    u = (x / s) ** 2
    return (log(2) + mpmath.loggamma((v + 1) / 2) - mpmath.loggamma(v / 2) - log(v * pi) / 2 - log(s)
            - (v + 1) / 2 * log1p(u / v), -(v + 1) * x / (s * s * (v + u)))


def student_t(x, v, m, s):
    value, slope = half_student_t(x - m, v, s)
    return value - log(2), slope


def lkj(r, eta):
    """Of two effects: (r + 1) / 2 ~ Beta(eta, eta)."""
    constant = (2 * eta - 1) * log(2) + 2 * mpmath.loggamma(eta) - mpmath.loggamma(2 * eta)
    return (eta - 1) * log(1 - r * r) - constant, -2 * (eta - 1) * r / (1 - r * r)


families = {
    'LKJ': lkj,
    'Normal': lambda x, m, s: (-((x - m) / s) ** 2 / 2 - log(s) - log(2 * pi) / 2, -(x - m) / s ** 2),
    'Flat': lambda x, *_: (mpf(0), mpf(0)),
    'StudentT': student_t,
    'HalfStudentT': half_student_t,
    'HalfNormal': lambda x, s: (log(2) - log(2 * pi) / 2 - log(s) - (x / s) ** 2 / 2, -x / s ** 2),
    'HalfCauchy': lambda x, s: (log(2 / pi) - log(s) - log1p((x / s) ** 2), -2 * x / (s ** 2 + x ** 2)),
    'Exponential': lambda x, r: (log(r) - r * x, -r),
    'Gamma': lambda x, a, r: (
        a * log(r) - mpmath.loggamma(a) + (a - 1) * log(x) - r * x, (a - 1) / x - r),
    'InverseGamma': lambda x, a, b: (
        a * log(b) - mpmath.loggamma(a) - (a + 1) * log(x) - b / x, -(a + 1) / x + b / x ** 2),
    'LogNormal': lambda x, m, s: (
        -log(x * s) - log(2 * pi) / 2 - ((log(x) - m) / s) ** 2 / 2, -1 / x - (log(x) - m) / (s ** 2 * x)),
}


def density(family, x, arguments): return families[family](x, *[mpf(a) for a in arguments])


def log_joint(model, values):
    """The joint density with a number for every parameter."""
    return sum(density(family, x, arguments)[0] for _, x, family, arguments in model.terms(values))


def split(model, values, joint=False):
    """The Gaussian terms (parameter or None, variate, mean, sd), and the others.

    The second effect of a correlated pair has its distribution given the first, or, if `joint`, its own; its sd is then
    a pair: of what it shares with the first, by the name of that, and of the rest.
    """
    remaining = dict(values)
    values = {name: mpf(values[name]) if name in values else Affine(0, {name: mpf(1)})
              for name in model.parameters}
    gaussian, others = [], []
    for name, x, family, arguments in model.terms(values):
        if name in remaining: others.append((name, x, family, arguments))
        elif family == 'Flat': assert not arguments
        else:
            assert family == 'Normal', family
            mean, sd = Affine.of(arguments[0]), mpf(arguments[1])
            pair = model.first_of(name)
            if pair:
                first, r = next(term for term in gaussian if term[0] == pair[0]), values[pair[1]]
                rest = sd * mpmath.sqrt(1 - r * r)
                if joint: sd = (first[0], sd * r, rest)
                else: mean, sd = mean + (first[1] - first[2]) * (r * sd / first[3]), rest
            gaussian.append((name, Affine.of(x), mean, sd))
    return gaussian, others

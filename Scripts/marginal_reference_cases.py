"""For marginal-reference: the tables (simulated, fixed seeds), the models, and the points."""
import random


# MARK: Tables

def table(columns): return '\n'.join(
    [','.join(columns)] + [','.join(str(v) for v in row) for row in zip(*columns.values())]) + '\n'


def grouped(name, sizes, effects=(3.0,), sd=1.0, labels='ABCDEFGHIJKL', coarse=None, spread=1.5):
    """Rows in random order: g; the coarser d where asked; x1, x2; w; lab; y = effects of g on (1, x1, x2)."""
    draw = random.Random(name)
    groups = [g for g, size in enumerate(sizes) for _ in range(size)]
    draw.shuffle(groups)
    x1 = [round(draw.gauss(0, 1), 2) for _ in groups]
    x2 = [round(draw.gauss(1, 2), 2) for _ in groups]
    of = [[mean + spread * draw.gauss(0, 1) for mean in effects] for _ in sizes]
    shift = [2 * draw.gauss(0, 1) for _ in sizes]
    columns = {'g': [labels[g] for g in groups]}
    if coarse: columns['d'] = [coarse[g] for g in groups]
    columns |= {'x1': x1, 'x2': x2, 'w': [round(draw.uniform(0.4, 2.5), 2) for _ in groups],
                'lab': [draw.choice('pqr') for _ in groups]}
    columns['y'] = [
        round(sum(b * x for b, x in zip(of[g], (1, x1[i], x2[i]))) + sd * draw.gauss(0, 1)
              + (shift[ord(coarse[g]) % len(sizes)] if coarse else 0), 3)
        for i, g in enumerate(groups)]
    return columns


def only(columns, *names, **renamed):
    return table({renamed.get(name, name): columns[name] for name in names})


eight_schools = """school,y,sigma
A,28,15
B,8,10
C,-3,16
D,7,11
E,-1,9
F,1,11
G,18,10
H,12,18
"""
uneven = [7, 1, 3, 5, 1, 2, 9, 4]
radon = grouped('radon', uneven, effects=(1.4, -0.6), spread=0.4, sd=0.7)
# The covariate is 0 or 1, and constant in some of the groups.
radon['floor'] = [0 if g in 'BCF' else 1 if g == 'H' else int(x > 0.3) for g, x in zip(radon['g'], radon['x1'])]
predicted = grouped('predicted', uneven)
predicted['u'] = [[0.3, -1.2, 0.8, 1.9, -0.4, 0.0, -0.7, 1.1]['ABCDEFGH'.index(g)] for g in predicted['g']]
crossed = grouped('crossed', uneven, sd=1.5)
nested = grouped('nested', [4, 1, 6, 2, 3, 1, 5, 2, 1, 4], labels=list(range(1, 11)), coarse='NNNSSEEEEW')
twice = grouped('twice', [3, 1, 5, 2, 1, 4], effects=(-2.0,), sd=0.6)
twice['y2'] = [round(y + 0.9 + 0.4 * x, 3) for y, x in zip(twice['y'], twice['x1'])]


# MARK: Cases: name, table, typical values of what remains (effects first, residuals last), text

cases = [
    ('eight schools, centred', eight_schools, {'tau': 6}, """
mu ~ Normal(0, 5)
tau ~ HalfCauchy(5)
theta[school] ~ Normal(mu, tau)
y ~ Normal(theta[school], sigma)"""),
    ('eight schools, non-centred', eight_schools, {'tau': 6}, """
mu ~ Normal(0, 5)
tau ~ HalfCauchy(5)
theta[school] = mu + tau * z[school]
z[school] ~ Normal(0, 1)
y ~ Normal(theta[school], sigma)"""),
    ('intercept and slope, centred', only(radon, 'g', 'floor', 'y', g='county', y='log_radon'),
     {'sigma_a': 0.4, 'sigma_b': 0.3, 'eps': 0.7}, """
mu_a ~ Normal(0, 1)
sigma_a ~ HalfCauchy(1)
mu_b ~ Normal(0, 1)
sigma_b ~ HalfCauchy(1)
a[county] ~ Normal(mu_a, sigma_a)
b[county] ~ Normal(mu_b, sigma_b)
eps ~ HalfCauchy(1)
log_radon ~ Normal(a[county] + b[county] * floor, eps)"""),
    ('intercept and slope, non-centred', only(radon, 'g', 'floor', 'y', g='county', y='log_radon'),
     {'sigma_a': 0.4, 'sigma_b': 0.3, 'eps': 0.7}, """
mu_a ~ Normal(0, 1)
sigma_a ~ HalfCauchy(1)
mu_b ~ Normal(0, 1)
sigma_b ~ HalfCauchy(1)
a[county] = mu_a + sigma_a * za[county]
b[county] = mu_b + sigma_b * zb[county]
za[county] ~ Normal(0, 1)
zb[county] ~ Normal(0, 1)
eps ~ HalfCauchy(1)
log_radon ~ Normal(a[county] + b[county] * floor, eps)"""),
    ('three effects per group', only(grouped('three', [8, 1, 2, 5, 3, 1, 6], (2.0, 0.7, -0.4), 0.8, spread=0.6),
                                     'g', 'x1', 'x2', 'y'),
     {'tau_a': 0.8, 'tau_b': 0.5, 'tau_c': 0.6, 'sigma': 0.9}, """
mu_a ~ Flat()
mu_b ~ Normal(0, 2)
mu_c ~ Normal(0.5, 1)
tau_a ~ HalfNormal(2)
tau_b ~ HalfStudentT(3, 2)
tau_c ~ Exponential(0.8)
sigma ~ Gamma(2, 1.5)
a[g] ~ Normal(mu_a, tau_a)
b[g] ~ Normal(mu_b, tau_b)
c[g] ~ Normal(mu_c, tau_c)
y ~ Normal(a[g] + b[g] * x1 + c[g] * x2, sigma)"""),
    ('intercept and slope, correlated', only(radon, 'g', 'floor', 'y', g='county', y='log_radon'),
     {'sigma_a': 0.4, 'sigma_b': 0.3, 'eps': 0.7, 'correlation(a, b)': -0.4}, """
mu_a ~ Normal(0, 1)
sigma_a ~ HalfCauchy(1)
mu_b ~ Normal(0, 1)
sigma_b ~ HalfCauchy(1)
a[county] ~ Normal(mu_a, sigma_a)
b[county] ~ Normal(mu_b, sigma_b)
correlation(a, b) ~ LKJ(2)
eps ~ HalfCauchy(1)
log_radon ~ Normal(a[county] + b[county] * floor, eps)"""),
    ('two of three effects correlated, residual sd per level',
     only(grouped('pair', [8, 1, 2, 5, 3, 1, 6], (2.0, 0.7, -0.4), 0.8, spread=0.6), 'g', 'lab', 'x1', 'x2', 'y'),
     {'tau_a': 0.8, 'tau_b': 0.5, 'tau_c': 0.6, 's[p]': 1.2, 's[q]': 1.6, 's[r]': 0.7, 'correlation(a, c)': 0.7}, """
mu ~ Flat()
tau_a ~ HalfNormal(2)
tau_b ~ HalfStudentT(3, 2)
tau_c ~ Exponential(0.8)
s[lab] ~ HalfNormal(3)
a[g] ~ Normal(mu, tau_a)
b[g] ~ Normal(0.5, tau_b)
c[g] ~ Normal(0, tau_c)
correlation(a, c) ~ LKJ(0.8)
y ~ Normal(a[g] + b[g] * x1 + c[g] * x2, s[lab])"""),
    ('flat hyper-mean and coefficients', only(grouped('flat', uneven), 'g', 'x1', 'x2', 'y'),
     {'tau': 1.5, 'sigma': 1.1}, """
mu ~ Flat()
b1 ~ Flat()
b2 ~ Normal(0.2, 2)
tau ~ Flat(lower = 0)
sigma ~ LogNormal(0, 1)
a[g] ~ Normal(mu, tau)
y ~ Normal(a[g] + b1 * x1 + b2 * x2, sigma)"""),
    ('predictor of the groups', only(predicted, 'g', 'u', 'x1', 'y'), {'sigma_a': 1.3, 'sigma': 1.0}, """
mu_a ~ Normal(2, 4)
gamma ~ Normal(0, 1.5)
b ~ Normal(0, 1)
sigma_a ~ HalfNormal(3)
sigma ~ InverseGamma(2, 1)
a[g] ~ Normal(mu_a + gamma * u, sigma_a)
y ~ Normal(a[g] + b * x1, sigma)"""),
    ('residual sd per group', only(grouped('noise', [6, 1, 3, 4, 1, 2]), 'g', 'y'),
     {'tau': 1.4, **{f'sigma[{g}]': s for g, s in zip('ABCDEF', [0.8, 1.1, 2.0, 0.5, 1.3, 0.9])}}, """
mu ~ Normal(0, 10)
tau ~ HalfCauchy(2)
sigma[g] ~ HalfCauchy(2)
a[g] ~ Normal(mu, tau)
y ~ Normal(a[g], sigma[g])"""),
    ('residual sd per level of a crossing factor', only(crossed, 'g', 'lab', 'x1', 'y'),
     {'tau': 1.4, 's[p]': 1.2, 's[q]': 1.6, 's[r]': 0.7}, """
mu ~ Normal(0, 10)
b ~ Flat()
tau ~ HalfNormal(4)
s[lab] ~ HalfNormal(3)
a[g] ~ Normal(mu, tau)
y ~ Normal(a[g] + b * x1, s[lab])"""),
    ('nested factors', only(nested, 'g', 'd', 'x1', 'y', g='school', d='district'),
     {'tau_a': 1.2, 'tau_b': 1.8, 'sigma': 1.0}, """
mu ~ Normal(0, 10)
b1 ~ Normal(0, 1)
tau_a ~ HalfNormal(3)
tau_b ~ HalfCauchy(3)
sigma ~ HalfNormal(3)
a[school] ~ Normal(mu, tau_a)
b[district] ~ Normal(0, tau_b)
y ~ Normal(a[school] + b[district] + b1 * x1, sigma)"""),
    ('nested through the prior', only(nested, 'g', 'd', 'y', g='school', d='district'),
     {'tau_a': 1.2, 'tau_m': 1.8, 'sigma': 1.0}, """
mu ~ Normal(0, 10)
tau_m ~ HalfCauchy(3)
tau_a ~ HalfNormal(3)
sigma ~ HalfNormal(3)
m[district] ~ Normal(mu, tau_m)
a[school] ~ Normal(m[district], tau_a)
y ~ Normal(a[school], sigma)"""),
    ('hyper-mean that is not Normal', only(grouped('student', uneven), 'g', 'x1', 'y'),
     {'tau': 1.5, 'sigma': 1.0, 'mu': 2.5}, """
mu ~ StudentT(3, 0, 10)
b ~ Normal(0, 2)
tau ~ HalfCauchy(2)
sigma ~ HalfCauchy(2)
a[g] ~ Normal(mu, tau)
y ~ Normal(a[g] + b * x1, sigma)"""),
    ('effect sd per level of a coarser factor', only(nested, 'g', 'd', 'y', g='school', d='district'),
     {'tau[E]': 1.5, 'tau[N]': 0.9, 'tau[S]': 2.0, 'tau[W]': 1.2, 'sigma': 1.0}, """
mu ~ Flat()
tau[district] ~ HalfCauchy(2)
sigma ~ HalfNormal(3)
a[school] ~ Normal(mu, tau[district])
y ~ Normal(a[school], sigma)"""),
    ('regression without groups', only(grouped('regression', [14], (1.0, 0.5, -0.3), 0.8), 'x1', 'x2', 'y'),
     {'sigma': 0.8}, """
b0 ~ Flat()
b1 ~ Normal(0, 2)
b2 ~ Normal(0.5, 1)
sigma ~ HalfCauchy(1)
y ~ Normal(b0 + b1 * x1 + b2 * x2, sigma)"""),
    ('known sd times a parameter', only(grouped('known', uneven), 'g', 'w', 'y'), {'tau': 1.6, 's': 0.9}, """
mu ~ Normal(0, 10)
tau ~ HalfNormal(3)
s ~ HalfNormal(2)
a[g] ~ Normal(mu, tau)
y ~ Normal(a[g], s * w)"""),
    ('two observed lines', only(twice, 'g', 'y', 'y2', y='y1'), {'tau': 1.3, 's1': 0.6, 's2': 0.8}, """
mu ~ Normal(0, 5)
d ~ Normal(0, 1)
tau ~ HalfCauchy(2)
s1 ~ HalfCauchy(1)
s2 ~ HalfNormal(2)
a[g] ~ Normal(mu, tau)
y1 ~ Normal(a[g], s1)
y2 ~ Normal(a[g] + d, s2)"""),
]


def points(typical, sd):
    """Named values: two ordinary points, each scale alone far out, all of them, and mixed."""
    draw = random.Random(' '.join(typical))  # the two ways of writing a model meet the same points
    correlations = [name for name in typical if name.startswith('correlation')]
    scales = [name for name in typical if name != 'mu' and name not in correlations]
    small, large = [float(f'{sd:.3g}e{power}') for power in (-8, 8)]
    yield 'ordinary', dict(typical)
    yield 'ordinary, other', {
        name: float(f'{v * 2 ** draw.uniform(-1.5, 0 if name in correlations else 1.5):.3g}')
        for name, v in typical.items()}
    if len(scales) > 1:
        for name in scales:
            yield f'{name} small', {**typical, name: small}
            yield f'{name} large', {**typical, name: large}
    yield 'all small', {**typical, **{name: small for name in scales}}
    yield 'all large', {**typical, **{name: large for name in scales}}
    if len(scales) > 1:
        first, second = scales[:2]
        yield f'{first} large, {second} small', {**typical, first: large, second: small}
        yield f'{first} small, {second} large', {**typical, first: small, second: large}
    if len(scales) > 2:
        for one, other in ((small, large), (large, small)):
            yield f'alternately {one:g} and {other:g}', {
                **typical, **{name: (one, other)[i % 2] for i, name in enumerate(scales)}}
    for name in correlations:
        for r in (-0.99, 0.999999, 1e-8):
            yield f'{name} = {r:g}', {**typical, name: r}
            for size in (small, large):
                yield f'{name} = {r:g}, {scales[0]} {size:g}', {**typical, name: r, scales[0]: size}
                yield f'{name} = {r:g}, all {size:g}', {**typical, name: r, **{one: size for one in scales}}
    if 'mu' in typical: yield 'mu far away', {**typical, 'mu': 1e4 * large * 1e-8}

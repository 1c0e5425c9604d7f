# Makes features.json: distances between feature sets, typicality, permutation tests and corrections by scipy and
# scikit-learn, or written as their definitions. Run: /usr/bin/python3 make_features.py
import itertools
import json
import pathlib

import numpy as np
from scipy import linalg, stats
from sklearn import metrics
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from formulas import formula_features, formula_noise


def frechet(a, b):
    """As pytorch-fid and frd-score define it: scipy's matrix square root, an offset if singular."""
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = linalg.sqrtm(ca @ cb)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca + cb - 2 * root.real))


def prdc(real, fake, k):
    radius = lambda x: NearestNeighbors(n_neighbors=k + 1).fit(x).kneighbors(x)[0][:, -1]
    distance = metrics.pairwise_distances(real, fake)
    in_real = distance < radius(real)[:, None]
    in_fake = distance < radius(fake)[None, :]
    return dict(precision=in_real.any(0).mean(), recall=in_fake.any(1).mean(),
                density=in_real.sum(0).mean() / k, coverage=in_real.any(1).mean())


def kid(a, b):
    """Unbiased squared MMD of all rows with the cubic kernel."""
    n, m = len(a), a.shape[1]
    kernel = lambda x, y: metrics.pairwise.polynomial_kernel(x, y, degree=3, gamma=1 / m, coef0=1)
    off = lambda k: (k.sum() - np.trace(k)) / (n * (n - 1))
    return float(off(kernel(a, a)) + off(kernel(b, b)) - 2 * kernel(a, b).mean())


def inception(p, splits):
    parts = [p[len(p) * i // splits:len(p) * (i + 1) // splits] for i in range(splits)]
    scores = [np.exp(np.mean([stats.entropy(row, part.mean(0)) for row in part])) for part in parts]
    return dict(mean=np.mean(scores), standardDeviation=np.std(scores))


real, fake = formula_features(21, 60, 12, 0.4), formula_features(22, 50, 12, 0.55)
few, other = formula_features(23, 8, 12, 0.4), formula_features(24, 7, 12, 0.3)
probabilities = formula_noise(25, 30 * 7).reshape(30, 7) ** 3
probabilities /= probabilities.sum(1, keepdims=True)

normals, tests = formula_features(26, 40, 12, 0.4), formula_features(27, 6, 12, 0.5)
mean, deviation = normals.mean(0), normals.std(0)
z, t = (normals - mean) / deviation, (tests - mean) / deviation
pca = PCA(5, svd_solver="full").fit(z)
inside = pca.transform(t)
typicality = dict(
    componentResidual=np.linalg.norm(t - pca.inverse_transform(inside), axis=1).tolist(),
    mahalanobis=np.sqrt((inside**2 / pca.explained_variance_).sum(1)).tolist(),
    nearestNormals=NearestNeighbors(n_neighbors=3).fit(z).kneighbors(t)[0].mean(1).tolist())

first, second = formula_noise(31, 7) + 0.25, formula_noise(32, 6)
exact = stats.permutation_test((first, second), lambda a, b: np.mean(a) - np.mean(b), alternative="greater",
                               n_resamples=np.inf)


def power(first, second, simulations=400):
    """Simulated with scipy's own permutations: the effect on population 1, each population's own size and spread."""
    rng = np.random.default_rng(1)
    effect, hits = first.mean() - second.mean(), 0
    for _ in range(simulations):
        a, b = rng.normal(effect, first.std(), len(first)), rng.normal(0, second.std(), len(second))
        pool, count = np.r_[a, b], 0
        order = np.argsort(rng.random((1000, len(pool))), axis=1)
        sums = pool[order[:, :len(a)]].sum(1)
        hits += (np.sum(sums >= a.sum() - 1e-12) + 1) / 1001 < 0.05
    return hits / simulations


def paired(a1, n1, a2, n2):
    """All 2^n exchanges of ranks."""
    rank = lambda a, n: stats.rankdata(np.r_[a, n])
    r1, r2, k = rank(a1, n1), rank(a2, n2), len(a1)
    truth = np.r_[np.ones(k), np.zeros(len(n1))]
    area = lambda r: metrics.roc_auc_score(truth, r)
    observed, count, total = area(r1) - area(r2), 0, 0
    for flips in itertools.product((False, True), repeat=len(r1)):
        f = np.array(flips)
        count += abs(area(np.where(f, r2, r1)) - area(np.where(f, r1, r2))) >= abs(observed) - 1e-12
        total += 1
    return dict(difference=observed, p=count / total)


def holm(p):
    order, m = np.argsort(p), len(p)
    out = np.empty(m)
    out[order] = np.minimum(np.maximum.accumulate([(m - i) * p[j] for i, j in enumerate(order)]), 1)
    return out.tolist()


def benjamini_hochberg(p):
    """Smallest rate at which each test is a discovery, found rate by rate from the definition."""
    p, m = np.asarray(p), len(p)
    return [min(m * q / np.sum(p <= q) for q in p if q >= value) for value in p]


def combined_p(validation, scores):
    """Full conformal prediction: everything recomputed on the cohort with the image added."""
    augmented = np.c_[validation, scores]
    tails = np.array([[np.mean(row >= value) for value in row] for row in augmented])
    sums = -np.log(tails).sum(0)
    return dict(score=sums[-1], p=np.mean(sums >= sums[-1] - 1e-12))


p_values = [0.01, 0.8, 0.03, 0.004, 0.04, 0.03]
validation = np.round(formula_noise(41, 60).reshape(3, 20), 1)
result = dict(
    frechet=[frechet(real, fake), frechet(few, other), frechet(real, few), frechet(real, real)],
    prdc=[prdc(real, fake, 5), prdc(fake, real, 3)],
    kid=kid(real[:50], fake), inception=inception(probabilities, 4), typicality=typicality,
    permutation=dict(difference=first.mean() - second.mean(), p=exact.pvalue, power=power(first, second)),
    paired=paired(formula_noise(33, 5) + 0.4, formula_noise(34, 5), formula_noise(35, 5) - 0.1, formula_noise(36, 5)),
    holm=holm(p_values), benjaminiHochberg=benjamini_hochberg(p_values),
    combined=[combined_p(validation, s) for s in ([0.9, 0.8, 1.0], [0.1, 0.2, 0.5], [0.5, 0.9, 0.3])],
)
pathlib.Path(__file__).with_name("features.json").write_text(json.dumps(result, indent=1) + "\n")

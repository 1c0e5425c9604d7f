# Makes detection.json: AUROC, ROC curve, DeLong, quantiles, principal components by sklearn, scipy and numpy.
# Run: /usr/bin/python3 make_detection.py   (numpy 1.24, scipy 1.10, scikit-learn 1.2)
import json
import pathlib

import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from formulas import formula_features, formula_noise


def scores(seed, count, shift, digits):
    return np.round(formula_noise(seed, count) + shift, digits)


def pair(first, second):
    """1 where the anomalous score is higher, 1/2 where equal: DeLong's kernel, written as its definition."""
    return (first[:, None] > second[None, :]) + 0.5 * (first[:, None] == second[None, :])


def delong(a1, n1, a2, n2):
    """DeLong, DeLong and Clarke-Pearson 1988, equations 3 to 5, by explicit structural components."""
    k1, k2 = pair(a1, n1), pair(a2, n2)
    v10 = np.cov(k1.mean(axis=1), k2.mean(axis=1))
    v01 = np.cov(k1.mean(axis=0), k2.mean(axis=0))
    covariance = v10 / len(a1) + v01 / len(n1)
    difference = k1.mean() - k2.mean()
    z = difference / np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    return dict(difference=difference, standardErrors=np.sqrt(np.diag(covariance)).tolist(), z=z,
                p=2 * stats.norm.sf(abs(z)))


cases = []
for anomalies, normals, digits in [(40, 60, 6), (25, 31, 1), (1, 5, 2), (7, 1, 1)]:
    a, n = scores(1, anomalies, 0.2, digits), scores(2, normals, 0.0, digits)
    truth, all_scores = np.r_[np.ones(anomalies), np.zeros(normals)], np.r_[a, n]
    fpr, tpr, thresholds = metrics.roc_curve(truth, all_scores, drop_intermediate=False)
    a2, n2 = scores(3, anomalies, 0.1, digits) + a / 2, scores(4, normals, 0.0, digits) + n / 2
    cases.append(dict(
        anomalies=anomalies, normals=normals, digits=digits, auroc=metrics.roc_auc_score(truth, all_scores),
        roc=dict(fpr=fpr[1:].tolist(), tpr=tpr[1:].tolist(), thresholds=thresholds[1:].tolist()),
        sensitivityAt90=max(tpr[fpr <= 0.1 + 1e-9]),
        delong=delong(a, n, a2, n2) if min(anomalies, normals) > 1 else None,
    ))

sample = formula_noise(5, 37)
features = formula_features(6, 30, 12, 0.4)
tests = formula_features(7, 9, 12, 0.5)
pca = PCA(4, svd_solver="full").fit(features)
outside = tests - pca.inverse_transform(pca.transform(tests))
result = dict(
    cases=cases,
    quantiles={str(q): float(np.quantile(sample, q)) for q in (0, 0.025, 0.05, 0.5, 0.95, 0.975, 1)},
    components=dict(variances=pca.explained_variance_.tolist(), first=np.abs(pca.components_[0]).tolist(),
                    residuals=np.linalg.norm(outside, axis=1).tolist(),
                    distanceToMean=np.linalg.norm(tests - features.mean(axis=0), axis=1).tolist(),
                    nearest=NearestNeighbors(n_neighbors=1).fit(features).kneighbors(tests)[0][:, 0].tolist()),
)
pathlib.Path(__file__).with_name("detection.json").write_text(json.dumps(result, indent=1) + "\n")

"""Golden values of Cohen's kappa with scikit-learn and a bootstrap: python3 make_kappa.py > kappa.json

Written with scikit-learn 1.9.1 and NumPy. The variance is written out once more from Fleiss, Cohen and Everitt (1969) in
matrix form, as statsmodels' cohens_kappa has it; the bootstrap draws images with replacement."""
import json

import numpy as np
from sklearn.metrics import cohen_kappa_score, confusion_matrix

rng = np.random.default_rng(16)
names = ['keep', 'reject', 'unsure']
cases = []
for images, agree, weights in ((40, 0.7, (0.6, 0.3, 0.1)), (300, 0.85, (0.8, 0.15, 0.05)), (120, 0.0, (0.4, 0.4, 0.2)),
                               (25, 0.9, (0.5, 0.5, 0.0))):
    first = rng.choice(3, images, p=weights)
    second = np.where(rng.random(images) < agree, first, rng.choice(3, images, p=weights))
    table = confusion_matrix(first, second, labels=[0, 1, 2])
    p = table / images
    row, column = p.sum(1), p.sum(0)
    expected = float(row @ column)
    kappa = cohen_kappa_score(first, second, labels=[0, 1, 2])
    diagonal = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in range(3))
    off = (1 - kappa) ** 2 * sum(p[i, j] * (column[i] + row[j]) ** 2 for i in range(3) for j in range(3) if i != j)
    variance = (diagonal + off - (kappa - expected * (1 - kappa)) ** 2) / (images * (1 - expected) ** 2)
    draws = []
    for _ in range(4000):
        chosen = rng.integers(0, images, images)
        draws.append(cohen_kappa_score(first[chosen], second[chosen], labels=[0, 1, 2]))
    low, high = np.nanquantile(draws, [0.025, 0.975])
    cases.append(dict(first=[names[i] for i in first], second=[names[i] for i in second], kappa=float(kappa),
                      error=float(np.sqrt(variance)), bootstrap=[float(low), float(high)]))
print(json.dumps(cases))

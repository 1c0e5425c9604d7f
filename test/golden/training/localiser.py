"""Golden values of the localiser's training: Poisson editing and the visible change of a synthetic anomaly.

Run: /usr/bin/python3 localiser.py > localiser.json (NumPy and SciPy). Poisson's equation is solved as a sparse linear system,
not by sine transforms as the program does.
"""
import json

import numpy as np
from scipy.ndimage import median_filter
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

rng = np.random.default_rng(7)


def blend(target, source, mixed):
    height, width = target.shape
    inner = [(y, x) for y in range(1, height - 1) for x in range(1, width - 1)]
    number = {place: i for i, place in enumerate(inner)}
    a = lil_matrix((len(inner), len(inner)))
    b = np.zeros(len(inner))
    for (y, x), i in number.items():
        a[i, i] = 4
        for ny, nx in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            own, other = source[y, x] - source[ny, nx], target[y, x] - target[ny, nx]
            b[i] += other if mixed and abs(other) > abs(own) else own
            if (ny, nx) in number:
                a[i, number[ny, nx]] = -1
            else:
                b[i] += target[ny, nx]
    result = target.copy()
    for (y, x), value in zip(inner, spsolve(a.tocsr(), b)):
        result[y, x] = value
    return result


cases = []
for (height, width), mixed in (((7, 9), False), ((7, 9), True), ((12, 5), False), ((3, 3), False)):
    target, source = rng.uniform(-1, 1, (2, height, width)).round(4)
    cases.append(dict(width=width, height=height, mixed=mixed, target=target.ravel().tolist(),
                      source=source.ravel().tolist(), blended=blend(target, source, mixed).round(7).ravel().tolist()))


def label(before, after, size):
    difference = median_filter(abs(after - before) / 2, size)
    mask = 1 / (1 + np.exp(-60 * (difference - 0.06)))
    mask[difference < 0.01] = 0
    return mask


side = 12
before = rng.uniform(-1, 1, (side, side)).round(3)
after = before.copy()
after[2:9, 0:7] += np.linspace(0.05, 0.5, 7).round(3)
masks = dict(side=side, before=before.ravel().tolist(), after=after.ravel().tolist(),
             mask=label(before, after, 3).round(7).ravel().tolist())
print(json.dumps(dict(blend=cases, change=masks)))

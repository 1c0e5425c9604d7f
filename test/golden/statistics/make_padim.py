# Makes padim.json: PaDiM's maps, a Mahalanobis distance and PatchCore's memory by NumPy and scikit-learn. Run: /usr/bin/python3 make_padim.py
import json
import pathlib

import numpy as np
from scipy.spatial.distance import mahalanobis
from sklearn.covariance import EmpiricalCovariance
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from formulas import formula_features

IMAGES, PLACES, CHANNELS = 40, 4, 6
CHOSEN = [0, 2, 3, 5]


def features(seed, images, offset):
    """[images, channels, places]"""
    return formula_features(seed, images * PLACES, CHANNELS, offset).reshape(images, PLACES, CHANNELS).transpose(0, 2, 1)


def shrunk(covariance):
    return covariance + 0.01 * covariance.diagonal().mean() * np.eye(len(covariance))


normals, images = features(31, IMAGES, 0.4), features(32, 5, 0.6)
maps = np.empty((len(images), PLACES))
for place in range(PLACES):
    a, b = normals[:, CHOSEN, place], images[:, CHOSEN, place]
    inverse = np.linalg.inv(shrunk(np.cov(a, rowvar=False)))
    maps[:, place] = [mahalanobis(x, a.mean(0), inverse) for x in b]

# The same by scikit-learn, whose covariance divides by the number of images.
a, b = normals.mean(2), images.mean(2)
fitted = EmpiricalCovariance().fit(a)
model = EmpiricalCovariance()
model.location_, model.covariance_ = fitted.location_, shrunk(fitted.covariance_ * IMAGES / (IMAGES - 1))
model._set_covariance(model.covariance_)
pooled = np.sqrt(model.mahalanobis(b))

# PatchCore: the greedy rule as the paper writes it, and the distance to the nearest remembered patch.
bank = formula_features(33, 80, CHANNELS, 0.4).astype(np.float32).astype(float)
patches = formula_features(34, 9, CHANNELS, 0.7).astype(np.float32).astype(float)
distances = pairwise_distances(bank)
coreset = [0]
while len(coreset) < 10:
    coreset.append(int(distances[:, coreset].min(1).argmax()))
nearest = NearestNeighbors(n_neighbors=1).fit(bank[coreset]).kneighbors(patches)[0][:, 0]

path = pathlib.Path(__file__).with_name('padim.json')
path.write_text(json.dumps(dict(maps=maps.tolist(), pooled=pooled.tolist(), coreset=coreset, nearest=nearest.tolist()), indent=1) + '\n')

"""Writes umap.json: neighbours, strengths and graph of a few rows, as umap-learn 0.5.3 (Debian's package umap-learn) computes them.

    /usr/bin/python3 test/golden/statistics/make_umap.py > test/golden/statistics/umap.json
"""
import json

import numpy as np
from umap.umap_ import compute_membership_strengths, fuzzy_simplicial_set, nearest_neighbors, smooth_knn_dist

K = 6
rng = np.random.RandomState(5)
rows = np.round(rng.normal(size=(40, 4)), 3).astype(np.float32)
rows[7] = rows[3]  # a duplicate
indices, distances, _ = nearest_neighbors(rows, K + 1, "euclidean", {}, False, np.random.RandomState(1))
sigmas, rhos = smooth_knn_dist(distances, float(K + 1), local_connectivity=1.0)
_, _, strengths, _ = compute_membership_strengths(indices, distances, sigmas, rhos)
graph, *_ = fuzzy_simplicial_set(rows, K + 1, np.random.RandomState(1), "euclidean", knn_indices=indices, knn_dists=distances)
graph = graph.tocoo()
edges = sorted((int(i), int(j), round(float(w), 6)) for i, j, w in zip(graph.row, graph.col, graph.data) if w > 0)
print(json.dumps({
    "k": K, "rows": [[round(float(v), 3) for v in row] for row in rows],
    "distances": [[round(float(v), 5) for v in row[1:]] for row in distances],
    "strengths": [[round(float(v), 5) for v in row[1:]] for row in strengths.reshape(indices.shape)],
    "edges": edges,
}))

# Makes radiomics.json: pyradiomics' published formulas (readthedocs, "Radiomic Features") followed by hand with plain loops,
# inside a mask or of the whole image; pyradiomics itself is not used. The shape is measured on an actual mesh.
# Run: /usr/bin/python3 make_radiomics.py
import itertools
import json
import math
import pathlib

import numpy as np
from scipy import linalg
from skimage import measure

from formulas import formula_features, formula_noise

EPS = np.spacing(1)


def log2(p):
    return math.log2(p + EPS)


def binned(image, mask):
    """1 is the bin of the lowest value inside the mask, 0 is outside."""
    low = math.floor(image[mask].min() / 25)
    return np.where(mask, np.floor(image / 25).astype(int) - low + 1, 0)


def everywhere(shape):
    return list(itertools.product(*[range(n) for n in shape]))


def voxels(levels):
    return [v for v in everywhere(levels.shape) if levels[v] > 0]


def directions(shape):
    """All steps to neighbours; and one of each opposite pair."""
    steps = [s for s in itertools.product((-1, 0, 1), repeat=len(shape))
             if any(s) and all(abs(d) < n for d, n in zip(s, shape))]
    return steps, [s for s in steps if s > tuple(-d for d in s)]


def box_at(position, step, shape):
    there = tuple(p + s for p, s in zip(position, step))
    return there if all(0 <= p < n for p, n in zip(there, shape)) else None


def at(position, step, levels):
    there = box_at(position, step, levels.shape)
    return there if there is not None and levels[there] > 0 else None


def first_order(image, levels, spacing):
    x, levels = image[levels > 0].astype(float), levels[levels > 0]
    n, mean = len(x), sum(x) / len(x)
    m = {k: sum((v - mean) ** k for v in x) / n for k in (2, 3, 4)}
    p = [np.sum(levels == g) / n for g in sorted(set(levels.ravel()))]
    p10, p90 = np.percentile(x, 10), np.percentile(x, 90)
    robust = [v for v in x if p10 <= v <= p90]
    rmean = sum(robust) / len(robust)
    energy = sum(v * v for v in x)
    return {
        "Energy": energy, "TotalEnergy": energy * np.prod(spacing), "Entropy": -sum(q * log2(q) for q in p),
        "Minimum": min(x), "10Percentile": p10, "90Percentile": p90, "Maximum": max(x), "Mean": mean,
        "Median": np.median(x), "InterquartileRange": np.percentile(x, 75) - np.percentile(x, 25),
        "Range": max(x) - min(x), "MeanAbsoluteDeviation": sum(abs(v - mean) for v in x) / n,
        "RobustMeanAbsoluteDeviation": sum(abs(v - rmean) for v in robust) / len(robust),
        "RootMeanSquared": math.sqrt(energy / n), "Skewness": m[3] / m[2] ** 1.5 if m[2] else 0,
        "Kurtosis": m[4] / m[2] ** 2 if m[2] else 0, "Variance": m[2], "Uniformity": sum(q * q for q in p)}


def glcm_one(levels, step):
    gray, ng = sorted(set(levels[levels > 0])), int(levels.max())
    count = {(i, j): 0 for i in gray for j in gray}
    for v in voxels(levels):
        w = at(v, step, levels)
        if w is not None:
            count[levels[v], levels[w]] += 1
            count[levels[w], levels[v]] += 1
    total = sum(count.values())
    if total == 0:
        return None
    P = {k: c / total for k, c in count.items()}
    px = {i: sum(P[i, j] for j in gray) for i in gray}
    py = {j: sum(P[i, j] for i in gray) for j in gray}
    ux, uy = sum(i * px[i] for i in gray), sum(j * py[j] for j in gray)
    sx = math.sqrt(sum((i - ux) ** 2 * px[i] for i in gray))
    sy = math.sqrt(sum((j - uy) ** 2 * py[j] for j in gray))
    plus = {k: sum(p for (i, j), p in P.items() if i + j == k) for k in range(2, 2 * ng + 1)}
    minus = {k: sum(p for (i, j), p in P.items() if abs(i - j) == k) for k in range(ng)}
    da = sum(k * p for k, p in minus.items())
    hxy = -sum(p * log2(p) for p in P.values())
    hx, hy = -sum(p * log2(p) for p in px.values()), -sum(p * log2(p) for p in py.values())
    hxy1 = -sum(p * log2(px[i] * py[j]) for (i, j), p in P.items())
    hxy2 = -sum(px[i] * py[j] * log2(px[i] * py[j]) for i, j in P)
    Q = np.array([[sum(P[i, k] * P[j, k] / (px[i] * py[k] + EPS) for k in gray) for j in gray] for i in gray])
    eig = sorted(np.linalg.eigvals(Q).real)
    E = lambda f: sum(f(i, j) * p for (i, j), p in P.items())
    return {
        "Autocorrelation": E(lambda i, j: i * j), "JointAverage": ux,
        "ClusterProminence": E(lambda i, j: (i + j - ux - uy) ** 4),
        "ClusterShade": E(lambda i, j: (i + j - ux - uy) ** 3),
        "ClusterTendency": E(lambda i, j: (i + j - ux - uy) ** 2), "Contrast": E(lambda i, j: (i - j) ** 2),
        "Correlation": (E(lambda i, j: i * j) - ux * uy) / (sx * sy) if sx * sy else 1,
        "DifferenceAverage": da, "DifferenceEntropy": -sum(p * log2(p) for p in minus.values()),
        "DifferenceVariance": sum((k - da) ** 2 * p for k, p in minus.items()),
        "JointEnergy": sum(p * p for p in P.values()), "JointEntropy": hxy,
        "Imc1": (hxy - hxy1) / max(hx, hy) if max(hx, hy) else 0,
        "Imc2": math.sqrt(1 - math.exp(-2 * (hxy2 - hxy))) if hxy2 > hxy else 0,
        "Idm": sum(p / (1 + k * k) for k, p in minus.items()), "MCC": math.sqrt(max(eig[-2], 0)) if len(eig) > 1 else 1,
        "Idmn": sum(p / (1 + k * k / ng**2) for k, p in minus.items()),
        "Id": sum(p / (1 + k) for k, p in minus.items()), "Idn": sum(p / (1 + k / ng) for k, p in minus.items()),
        "InverseVariance": sum(p / k**2 for k, p in minus.items() if k), "MaximumProbability": max(P.values()),
        "SumAverage": sum(k * p for k, p in plus.items()), "SumEntropy": -sum(p * log2(p) for p in plus.values()),
        "SumSquares": sum((i - ux) ** 2 * px[i] for i in gray)}


def level_size(things, names):
    """things: list of (grey level i, size j); names of the 16 shared formulas, None where the family lacks one."""
    n = len(things)
    cells = {c: things.count(c) for c in set(things)}
    gi = {i: sum(c for (a, _), c in cells.items() if a == i) for i, _ in cells}
    sj = {j: sum(c for (_, b), c in cells.items() if b == j) for _, j in cells}
    S = lambda f: sum(f(i, j) * c for (i, j), c in cells.items()) / n
    mi, mj = S(lambda i, j: i), S(lambda i, j: j)
    values = [
        S(lambda i, j: 1 / j**2), S(lambda i, j: j**2), sum(c * c for c in gi.values()) / n,
        sum(c * c for c in gi.values()) / n**2, sum(c * c for c in sj.values()) / n,
        sum(c * c for c in sj.values()) / n**2, n / sum(j for _, j in things), S(lambda i, j: (i - mi) ** 2),
        S(lambda i, j: (j - mj) ** 2), -sum(c / n * log2(c / n) for c in cells.values()), S(lambda i, j: 1 / i**2),
        S(lambda i, j: i**2), S(lambda i, j: 1 / (i * j) ** 2), S(lambda i, j: i**2 / j**2),
        S(lambda i, j: j**2 / i**2), S(lambda i, j: (i * j) ** 2)]
    return {name: value for name, value in zip(names, values) if name}


GLRLM = ["ShortRunEmphasis", "LongRunEmphasis", "GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized",
         "RunLengthNonUniformity", "RunLengthNonUniformityNormalized", "RunPercentage", "GrayLevelVariance",
         "RunVariance", "RunEntropy", "LowGrayLevelRunEmphasis", "HighGrayLevelRunEmphasis",
         "ShortRunLowGrayLevelEmphasis", "ShortRunHighGrayLevelEmphasis", "LongRunLowGrayLevelEmphasis",
         "LongRunHighGrayLevelEmphasis"]
GLSZM = ["SmallAreaEmphasis", "LargeAreaEmphasis", "GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized",
         "SizeZoneNonUniformity", "SizeZoneNonUniformityNormalized", "ZonePercentage", "GrayLevelVariance",
         "ZoneVariance", "ZoneEntropy", "LowGrayLevelZoneEmphasis", "HighGrayLevelZoneEmphasis",
         "SmallAreaLowGrayLevelEmphasis", "SmallAreaHighGrayLevelEmphasis", "LargeAreaLowGrayLevelEmphasis",
         "LargeAreaHighGrayLevelEmphasis"]
GLDM = ["SmallDependenceEmphasis", "LargeDependenceEmphasis", "GrayLevelNonUniformity", None,
        "DependenceNonUniformity", "DependenceNonUniformityNormalized", None, "GrayLevelVariance",
        "DependenceVariance", "DependenceEntropy", "LowGrayLevelEmphasis", "HighGrayLevelEmphasis",
        "SmallDependenceLowGrayLevelEmphasis", "SmallDependenceHighGrayLevelEmphasis",
        "LargeDependenceLowGrayLevelEmphasis", "LargeDependenceHighGrayLevelEmphasis"]


def line(v, step, shape):
    while v is not None:
        yield v
        v = box_at(v, step, shape)


def runs(levels, step):
    """None when every line in this direction meets the mask at most once."""
    found, back = [], tuple(-s for s in step)
    starts = [v for v in everywhere(levels.shape) if box_at(v, back, levels.shape) is None]
    if all(sum(levels[w] > 0 for w in line(v, step, levels.shape)) <= 1 for v in starts):
        return None
    for v in voxels(levels):
        before = at(v, back, levels)
        if before is not None and levels[before] == levels[v]:
            continue  # not the start of a run
        length, w = 1, at(v, step, levels)
        while w is not None and levels[w] == levels[v]:
            length, w = length + 1, at(w, step, levels)
        found.append((int(levels[v]), length))
    return found


def zones(levels):
    labels = measure.label(levels, connectivity=levels.ndim, background=0)
    return [(int(levels[labels == z][0]), int((labels == z).sum())) for z in range(1, labels.max() + 1)]


def dependences(levels, steps):
    same = lambda v, w: w is not None and levels[v] == levels[w]
    return [(int(levels[v]), 1 + sum(same(v, at(v, s, levels)) for s in steps)) for v in voxels(levels)]


def ngtdm(levels, steps):
    n, s = {}, {}
    for v in voxels(levels):
        around = [levels[w] for w in (at(v, step, levels) for step in steps) if w is not None]
        i = int(levels[v])
        n[i] = n.get(i, 0) + 1
        s[i] = s.get(i, 0) + (abs(i - sum(around) / len(around)) if around else 0)
    N, G = int((levels > 0).sum()), len(n)
    p = {i: c / N for i, c in n.items()}
    pairs = [(i, j) for i in p for j in p]
    ps, ss = sum(p[i] * s[i] for i in p), sum(s.values())
    busy = sum(abs(i * p[i] - j * p[j]) for i, j in pairs)
    return {
        "Coarseness": 1 / ps if ps else 1e6,
        "Contrast": sum(p[i] * p[j] * (i - j) ** 2 for i, j in pairs) / (G * (G - 1)) * ss / N if G > 1 else 0,
        "Busyness": ps / busy if busy else 0,
        "Complexity": sum(abs(i - j) * (p[i] * s[i] + p[j] * s[j]) / (p[i] + p[j]) for i, j in pairs) / N,
        "Strength": sum((p[i] + p[j]) * (i - j) ** 2 for i, j in pairs) / ss if ss else 0}


def eigen_axes(mask, spacing):
    points = np.argwhere(mask) * np.array(spacing)
    return 4 * np.sqrt(np.maximum(np.sort(np.linalg.eigvalsh(np.cov(points.T, ddof=0))), 0))


def spread(points, same=None):
    pairs = [(a, b) for a, b in itertools.combinations(points, 2) if same is None or a[same] == b[same]]
    return max(math.dist(a, b) for a, b in pairs)


def shape2d(mask, spacing):
    """The polygons that skimage's marching squares draws around a padded mask; holes turn the other way."""
    area, perimeter, points = 0, 0, []
    for contour in measure.find_contours(np.pad(mask.astype(float), 1), 0.5):
        a, b = contour[:-1] * np.array(spacing), contour[1:] * np.array(spacing)
        area += sum(a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]) / 2
        perimeter += sum(np.linalg.norm(a - b, axis=1))
        points += [tuple(p) for p in a]
    area = abs(area)
    minor, major = eigen_axes(mask, spacing)
    return {"MeshSurface": area, "PixelSurface": mask.sum() * np.prod(spacing), "Perimeter": perimeter,
            "PerimeterSurfaceRatio": perimeter / area, "Sphericity": 2 * math.sqrt(math.pi * area) / perimeter,
            "MaximumDiameter": spread(points), "MajorAxisLength": major, "MinorAxisLength": minor, "Elongation": minor / major}


def shape3d(mask, spacing):
    """The mesh that skimage's (Lorensen's) marching cubes draws around a padded mask of ones."""
    points, faces, _, _ = measure.marching_cubes(np.pad(mask.astype(float), 1), 0.5, spacing=spacing, method="lorensen")
    triangles = points[faces].astype(float)
    volume = abs(np.einsum("ij,ij->i", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])).sum()) / 6
    area = measure.mesh_surface_area(points, faces)
    points = [tuple(round(float(c), 6) for c in p) for p in points]
    least, minor, major = eigen_axes(mask, spacing)
    return {"MeshVolume": volume, "VoxelVolume": mask.sum() * np.prod(spacing), "SurfaceArea": area,
            "SurfaceVolumeRatio": area / volume, "Sphericity": (36 * math.pi * volume**2) ** (1 / 3) / area,
            "Maximum3DDiameter": spread(points), "Maximum2DDiameterSlice": spread(points, 0),
            "Maximum2DDiameterColumn": spread(points, 1), "Maximum2DDiameterRow": spread(points, 2),
            "MajorAxisLength": major, "MinorAxisLength": minor, "LeastAxisLength": least,
            "Elongation": minor / major, "Flatness": least / major}


def mean_over(features):
    """Over the directions that have a matrix."""
    features = [f for f in features if f is not None]
    return {name: float(np.mean([f[name] for f in features])) for name in features[0]}


def run_features(levels, step):
    found = runs(levels, step)
    return None if found is None else level_size(found, GLRLM)


def features(image, spacing, mask):
    shape = (shape2d if image.ndim == 2 else shape3d)(mask, spacing)
    box = tuple(slice(c.min(), c.max() + 1) for c in np.nonzero(mask))
    levels, image = binned(image, mask)[box], image[box]
    steps, half = directions(levels.shape)
    families = dict(
        firstorder=first_order(image, levels, spacing), glcm=mean_over([glcm_one(levels, s) for s in half]),
        glrlm=mean_over([run_features(levels, s) for s in half]),
        glszm=level_size(zones(levels), GLSZM), gldm=level_size(dependences(levels, steps), GLDM),
        ngtdm=ngtdm(levels, steps))
    families["shape2D" if image.ndim == 2 else "shape"] = shape
    return {f"{family}_{name}": float(value) for family, values in families.items() for name, value in values.items()}


def draw(seed, shape, low, high):
    """Noise, made blocky by repeating every value along the last axis for runs and zones."""
    noise = formula_noise(seed, int(np.prod(shape))).reshape(shape)
    noise[..., 1::3] = noise[..., 0:-1:3][..., :noise[..., 1::3].shape[-1]]
    return np.floor(low + noise * (high - low))


def frd(a, b, version):
    """frd-score: v0 maps to the joint range, v1 standardises by the first set, leaves out constants, takes the logarithm."""
    if version == "v0":
        both = np.r_[a, b]
        low, high = both.min(0), both.max(0)
        scale = lambda x: np.where(high > low, (x - low) / np.where(high > low, high - low, 1), 0.5) * 7.45670747756958
    else:
        keep = a.std(0) > 1e-12
        scale = lambda x: ((x - a.mean(0)) / np.where(keep, a.std(0), 1))[:, keep]
    x, y = scale(a), scale(b)
    cx, cy = np.cov(x.T), np.cov(y.T)
    distance = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(cx + cy - 2 * linalg.sqrtm(cx @ cy).real)
    return float(np.log(distance) if version == "v1" else distance)


def inside(rows):
    return np.array([[c == "#" for c in row] for row in rows])


# A ring with a speck and a pixel that touches it by a corner only; lines that meet no mask twice upwards to the right.
ring = ["..........", "..####....", "..#..##...", "..#..##...", "..#####.#.", ".......#..", ".........#"]
stair = ["......", ".#....", "..#...", "...##.", "......"]
cases = [dict(seed=51, shape=[7, 9], low=13, high=240, spacing=[1, 1]),
         dict(seed=52, shape=[6, 5], low=-60, high=90, spacing=[0.7, 1.3]),
         dict(seed=53, shape=[4, 4], low=80, high=80, spacing=[1, 1]),
         dict(seed=54, shape=[3, 4, 5], low=0, high=140, spacing=[2.5, 0.8, 1.1]),
         dict(seed=55, shape=[1, 4, 6], low=0, high=255, spacing=[1, 1, 1]),
         dict(seed=56, shape=[7, 10], low=0, high=255, spacing=[0.8, 1.5], mask=ring),
         dict(seed=57, shape=[5, 6], low=20, high=200, spacing=[1, 1], mask=stair)]
for case in cases:
    image = draw(case["seed"], tuple(case["shape"]), case["low"], case["high"])
    mask = inside(case["mask"]) if "mask" in case else np.ones(image.shape, bool)
    case["features"] = features(image, case["spacing"], mask)
table_a, table_b = formula_features(61, 20, 6, 3.0), formula_features(62, 25, 6, 3.2)
table_a[:, 2] = table_b[:, 2] = 5
# Two folders of small images, measured and compared from beginning to end.
folders = [dict(seeds=list(range(101, 115)), shape=[9, 8], low=0, high=250),
           dict(seeds=list(range(201, 213)), shape=[9, 8], low=30, high=200)]
tables = [np.array([list(features(draw(seed, tuple(f["shape"]), f["low"], f["high"]), [1, 1], np.ones(f["shape"], bool)).values())
                    for seed in f["seeds"]]) for f in folders]
result = dict(cases=cases, frd=dict(v0=frd(table_a, table_b, "v0"), v1=frd(table_a, table_b, "v1")),
              folders=dict(sets=folders, v0=frd(*tables, "v0"), v1=frd(*tables, "v1")))
pathlib.Path(__file__).with_name("radiomics.json").write_text(json.dumps(result, indent=1) + "\n")

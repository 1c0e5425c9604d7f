# Makes real-scores.json: scipy and scikit-image on neighbouring slices of ../shared/data/liver-ct-256.zip (numbers only).
# Run: /usr/bin/python3 make_real_scores.py /work/shared/data/liver-ct-256.zip
import io
import json
import pathlib
import sys
import zipfile

import numpy as np
from PIL import Image
from scipy import stats
from skimage import metrics

from make_scores import body

archive = zipfile.ZipFile(sys.argv[1])
names = sorted(name for name in archive.namelist() if name.startswith("images/") and name.endswith(".png"))


def image(name):
    return np.array(Image.open(io.BytesIO(archive.read(name))).convert("L"))


cases = []
for first, second in [(0, 1), (100, 101), (200, 210)]:
    a, b = image(names[first]), image(names[second])
    mask = np.array(Image.open(io.BytesIO(archive.read(names[first].replace("images/", "masks/")))).convert("L")) > 0
    inside = body(a)
    case = dict(original=names[first], reconstruction=names[second])
    for distance, measure in (("MSE", metrics.mean_squared_error), ("WD", stats.wasserstein_distance)):
        grid = np.array([[measure(a[r:r + 32, c:c + 32].ravel(), b[r:r + 32, c:c + 32].ravel())
                          for c in range(a.shape[1] - 31)] for r in range(0, a.shape[0] - 31)])
        case[distance] = dict(full=float(measure(a.ravel(), b.ravel())), body=float(measure(a[inside], b[inside])),
                              mask=float(measure(a[mask], b[mask])) if mask.any() else None,
                              patch=float(grid.max()), mapMean=float(grid.mean()))
    cases.append(case)
pathlib.Path(__file__).with_name("real-scores.json").write_text(json.dumps(cases, indent=1) + "\n")

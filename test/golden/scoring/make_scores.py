# Makes scores.json: distances by scipy and scikit-image on images drawn by formulas that the test repeats.
# Run: /usr/bin/python3 make_scores.py   (numpy 1.24, scipy 1.10, scikit-image 0.19)
import json
import pathlib

import numpy as np
from scipy import ndimage, stats
from skimage import measure, metrics


def noise(width, height, seed, low, high):
    """Grey values low..high from a linear congruential generator, row by row."""
    state, values = seed, []
    for _ in range(width * height):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(low + (state >> 16) % (high - low + 1))
    return np.array(values, dtype=np.uint8).reshape(height, width)


def shapes(width, height, discs, base=0):
    """Discs (row, column, radius, grey value) painted one over the other; a disc of grey 0 is a hole."""
    rows, columns = np.mgrid[:height, :width]
    image = np.full((height, width), base, dtype=np.uint8)
    for row, column, radius, grey in discs:
        image[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = grey
    return image


def mse(a, b):
    return float(metrics.mean_squared_error(a, b))


def wd(a, b):
    return float(stats.wasserstein_distance(a.ravel(), b.ravel()))


DISTANCES = {"MSE": mse, "WD": wd}


def patch_map(distance, a, b, size, rows, columns):
    return np.array([[distance(a[r:r + size, c:c + size], b[r:r + size, c:c + size])
                      for c in range(columns)] for r in range(rows)])


def pair_case(width, height, size, low, high):
    a, b = noise(width, height, 11, low, high), noise(width, height, 12, low, high)
    case = dict(width=width, height=height, patchSize=size, low=low, high=high)
    for name, distance in DISTANCES.items():
        grid = patch_map(distance, a, b, size, height - size + 1, width - size + 1)
        inner = grid[:height - size, :height - size]
        published = float(inner.max()) if inner.size else 0.0
        if height > width:
            published = published_portrait(distance, a, b, size)
        case[name] = dict(full=distance(a, b), mapMean=float(grid.mean()), first=float(grid[0, 0]),
                          last=float(grid[-1, -1]), highest=float(grid.max()), published=published)
    return case


def published_portrait(distance, a, b, size):
    """The loop of the published script on an image higher than wide, where windows are cut off at the right edge and then
    empty; None where it stops: scipy refuses empty samples, numpy a window of two and more columns in a wider place."""
    highest, row, column = 0, 0, 0
    for r in range(a.shape[0] - size):
        for c in range(a.shape[0] - size):
            one, two = a[r:r + size, c:c + size], b[r:r + size, c:c + size]
            if one.size == 0:
                if distance is DISTANCES['WD']:
                    return None
                continue
            found = distance(one, two)
            if found > highest:
                highest, row, column = found, r, c
    width = a[row:row + size, column:column + size].shape[1]
    return float(highest) if width in (1, size) else None


def body(image):
    """8-connected throughout; written with scipy.ndimage, other than the product's own labelling."""
    square = np.ones((3, 3))
    labels, count = ndimage.label(image > 0, square)
    if count == 0:
        return np.zeros(image.shape, bool)
    largest = 1 + int(np.argmax(ndimage.sum(image > 0, labels, range(1, count + 1))))
    rest, _ = ndimage.label(labels != largest, square)
    outside = {int(rest[r, c]) for r in (0, -1) for c in (0, -1)} - {0}
    return ~np.isin(rest, list(outside))


def published_body(image):
    """The published rule, told again: background label from a staircase walk, corner labels, columns below the height."""
    if image.shape[0] > image.shape[1]:
        return None
    labels = measure.label(image > 0)
    walk = [((step + 1) // 2, step // 2) for step in range(2 * max(image.shape))]
    walk = [(r, c) for r, c in walk if r < image.shape[0] and c < image.shape[1]]
    start = next(((r, c) for r, c in walk if image[r, c] == 0), (0, 0))
    sizes = np.bincount(labels.ravel())
    sizes[labels[start]] = 0
    rest = measure.label(labels != np.argmax(sizes))
    corners = [rest[0, 0], rest[0, -1], rest[-1, 0], rest[-1, -1]]
    outside = np.isin(rest, corners)
    outside[:, image.shape[0]:] = False
    return ~outside


BODIES = {
    "ellipse with lung and table": (40, 36, [(18, 20, 13, 120), (18, 16, 4, 0), (18, 16, 1, 60), (34, 20, 1, 200)]),
    "body over a corner": (40, 36, [(0, 0, 22, 120), (6, 6, 2, 0), (30, 30, 3, 80)]),
    "body over a side": (40, 36, [(18, 0, 12, 90), (18, 4, 3, 0)]),
    "two corners": (40, 36, [(0, 12, 20, 90), (30, 36, 6, 50)]),
    "bright speck at the first pixel": (40, 36, [(18, 20, 10, 70), (0, 0, 0, 9)]),
    "wide": (60, 30, [(15, 20, 10, 70), (15, 50, 5, 40)]),
    "high": (30, 60, [(30, 15, 10, 70)]),
    "all black": (16, 16, []),
    "all bright": (16, 16, [(8, 8, 40, 30)]),
}


def body_case(name, width, height, discs):
    image = shapes(width, height, discs)
    other = noise(width, height, 5, 0, 255)
    case = dict(name=name, width=width, height=height, discs=discs)
    for rule, mask in (("corrected", body(image)), ("published", published_body(image))):
        if mask is None or not mask.any():
            case[rule] = None
            continue
        case[rule] = dict(pixels=int(mask.sum()), **{d: f(image[mask], other[mask]) for d, f in DISTANCES.items()})
    return case


if __name__ == "__main__":
    result = dict(
        pairs=[pair_case(40, 40, 8, 0, 255), pair_case(48, 36, 5, 17, 93), pair_case(30, 44, 7, 0, 200),
               pair_case(20, 20, 20, 3, 250), pair_case(17, 23, 1, 0, 255), pair_case(140, 134, 130, 0, 255), pair_case(20, 24, 8, 0, 255), pair_case(21, 22, 8, 0, 255)],
        bodies=[body_case(name, *args) for name, args in BODIES.items()],
    )
    path = pathlib.Path(__file__).with_name("scores.json")
    path.write_text(json.dumps(result, indent=1) + "\n")

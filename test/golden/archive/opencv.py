"""Writes opencv.json: what OpenCV makes of small images, for preprocess-midrc and add-noise (--compat published).

    /usr/bin/python3 test/golden/archive/opencv.py

With Debian's python3-opencv. `rescaled` follows ITK's RescaleIntensityImageFilter: factor = 255 / (max - min), shift = -min * factor
(255 / max where all are equal), and the value, in double precision, is cut to the type of the image.
"""
import json
import os

import cv2
import numpy as np

random = np.random.RandomState(7)


def rescaled(image):
    low, high = float(image.min()), float(image.max())
    factor = 255 / (high - low) if high != low else (255 / high if high != 0 else 0)
    values = (image.astype(np.float64) * factor + (0 - low * factor)).astype(image.dtype)
    return np.clip(values, 0, 255).astype(np.uint8)


resizes = []
for kind, low, high in [("uint8", 0, 256), ("uint16", 0, 65536), ("int16", -32768, 32768)]:
    for width, height, to in [(13, 9, (5, 7)), (5, 7, (16, 12)), (16, 12, (8, 6)), (16, 12, (8, 12)), (30, 1, (7, 3)), (8, 8, (8, 8))]:
        image = random.randint(low, high, (height, width)).astype(kind)
        out = cv2.resize(image, to)
        resizes.append(dict(kind=kind, width=width, height=height, to=to, image=image.ravel().tolist(),
                            expected=out.ravel().tolist(), rescaled=rescaled(out).ravel().tolist()))

constant = [rescaled(np.full((2, 2), value, np.uint16)).ravel().tolist() for value in (0, 1, 700)]
blurs = []
grey = random.randint(0, 65536, (11, 9)).astype(np.float64)
for size in [(1, 1), (3, 3), (5, 5), (7, 7), (9, 9), (3, 7)]:
    for sigma in (0, 1.5):
        blurs.append(dict(kernel=size, sigma=sigma, expected=cv2.GaussianBlur(grey, size, sigma).ravel().tolist()))
result = dict(version=cv2.__version__, resizes=resizes, constant=constant,
              blur=dict(width=9, height=11, image=grey.ravel().tolist(), cases=blurs))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "opencv.json"), "w") as file:
    json.dump(result, file)
    file.write("\n")

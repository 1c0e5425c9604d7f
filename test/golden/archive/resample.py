# Makes resample.json: what Pillow's resize answers for pseudo-random images (Debian python3-pil 9.4).
# Run: /usr/bin/python3 resample.py
import base64, json, os
import numpy as np
from PIL import Image

FILTERS = dict(box=Image.BOX, bilinear=Image.BILINEAR, hamming=Image.HAMMING, bicubic=Image.BICUBIC, lanczos=Image.LANCZOS)
SIZES = [(23, 17, 8, 8), (16, 16, 33, 37), (9, 31, 13, 31), (9, 31, 9, 12), (5, 4, 11, 3), (24, 24, 23, 25), (1, 1, 3, 2)]


def levels(count):
    """A 32-bit linear congruential generator (a=1664525, c=1013904223, seed 1), top byte."""
    state, out = 1, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(state >> 24)
    return np.array(out, np.uint8)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


cases = []
for width, height, new_width, new_height in SIZES:
    for name, code in FILTERS.items():
        for mode, channels in (('L', 1), ('RGB', 3), ('F', 1)):
            pixels = levels(width * height * channels).reshape(height, width, channels)
            if mode == 'F':
                image = Image.fromarray(pixels[..., 0].astype(np.float32) * 3 - 100)
            else:
                image = Image.fromarray(pixels if channels == 3 else pixels[..., 0])
            assert image.mode == mode
            out = np.asarray(image.resize((new_width, new_height), code))
            cases.append(dict(filter=name, mode=mode, size=[width, height, new_width, new_height], out=text(out)))
rgb = levels(300).reshape(10, 10, 3)
luma = text(np.asarray(Image.fromarray(rgb).convert('L')))
target = Image.fromarray(levels(23 * 17).reshape(17, 23))
s = min(target.size)
w, h = target.size
cropped = target.crop(((w - s) // 2, (h - s) // 2, (w + s) // 2, (h + s) // 2)).resize((8, 8), Image.LANCZOS)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'resample.json'), 'w') as file:
    json.dump(dict(cases=cases, luma=luma, projectorTarget=text(np.asarray(cropped))), file, separators=(',', ':'))

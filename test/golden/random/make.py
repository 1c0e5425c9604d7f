"""Makes the golden values of test/random with Debian's python3-numpy: `python3 make.py` in this folder."""
import hashlib
import json
import math
from decimal import Decimal, getcontext

import numpy as np

getcontext().prec = 60
seeds = [0, 85, 265, 297, 298, 299, 300, 301, 302, 4294967295]


def numpy_values(seed):
    state = np.random.RandomState(seed)
    shuffled = list(range(30))
    result = {
        'seed': seed,
        'uniform': state.random_sample(5).tolist(),
        'integers': [int(state.randint(low, high, dtype=np.int64)) for low, high in ranges],
        'permutation': state.permutation(40).tolist(),
    }
    state.shuffle(shuffled)
    result['shuffled'] = shuffled
    # An odd number of normals leaves one in reserve, which other calls must not disturb.
    result['mixed'] = [state.randn(), state.random_sample(), state.randn(), state.randn()]
    result['normals32'] = hashlib.sha256(np.random.RandomState(seed).randn(1000).astype('<f4').tobytes()).hexdigest()
    result['normals'] = np.random.RandomState(seed).randn(5).tolist()
    return result


def correct_ln(x):
    """The double nearest to ln x: Decimal's ln is correctly rounded to 60 digits."""
    return float(Decimal(x).ln())


def xoshiro128ss(words):
    s = list(words)
    mask = 0xFFFFFFFF
    rotate = lambda v, k: ((v << k) | (v >> (32 - k))) & mask
    while True:
        yield (rotate(s[1] * 5 & mask, 7) * 9) & mask
        t = s[1] << 9 & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 11)


def own_stream(*labels):
    key = 'residua'
    for label in labels:
        key = hashlib.sha256(json.dumps([key, label], separators=(',', ':'), ensure_ascii=False).encode()).hexdigest()
    start = bytes.fromhex(key)
    return xoshiro128ss(int.from_bytes(start[i : i + 4], 'little') for i in (0, 4, 8, 12))


def own_values(*labels):
    words = own_stream(*labels)
    uniform = lambda: ((next(words) >> 5) * 0x4000000 + (next(words) >> 6)) / 2**53
    result = {'labels': labels, 'uniform': [uniform() for _ in range(5)], 'gaussian': []}
    while len(result['gaussian']) < 6:
        a, b = 2 * uniform() - 1, 2 * uniform() - 1
        r = a * a + b * b
        if 0 < r < 1:
            f = math.sqrt(-2 * correct_ln(r) / r)
            result['gaussian'] += [f * b, f * a]
    return result


ranges = [[0, 10], [-5, 1000003], [7, 8], [0, 2**32], [0, 2**31], [-(2**31), 2**31]]
inputs = np.random.RandomState(1)
arguments = inputs.random_sample(700).tolist()
arguments += (1 - inputs.random_sample(200) * 1e-6).tolist() + (10.0 ** inputs.uniform(-300, 300, 200)).tolist()
arguments += [1.0, 0.5, 2.0, 1 - 2**-53, 1 + 2**-52, 2.0**-1022]
golden = {
    'ranges': ranges,
    'numpy': [numpy_values(seed) for seed in seeds],
    'logarithm': [[x, correct_ln(x)] for x in arguments],
    'own': [own_values(7), own_values('training'), own_values(7, 'noise'), own_values(7, 'noise', 3)],
}
with open('random.json', 'w') as file:
    json.dump(golden, file)
np.stack([np.random.RandomState(seed).randn(1000) for seed in seeds]).astype('<f8').tofile('numpy-normals.f64')

# Numbers that golden scripts and tests (test/statistics/formula-noise.ts) draw alike.
import numpy as np


def formula_noise(seed, count):
    """Numbers in [0, 1), multiples of 2^-24, from a linear congruential generator."""
    state, values = seed, np.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = (state >> 8) / 2**24
    return values


def formula_features(seed, rows, columns, offset):
    """Rows of correlated features: noise times a mixing matrix of noise, plus an offset."""
    noise = formula_noise(seed, rows * columns).reshape(rows, columns) - 0.5
    mixing = formula_noise(99, columns * columns).reshape(columns, columns) - 0.3
    return (noise / (1 + np.arange(columns))) @ mixing + offset

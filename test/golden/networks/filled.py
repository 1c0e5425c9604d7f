"""Numbers by a formula, so that weights need not be stored (test/networks/formula.ts), and files of results."""
import json
import struct

import numpy as np
import torch


def fill(name, shape, deviation=1.0, mean=0.0):
    """Uniform numbers of a mean and standard deviation from a hash of the name and the index."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(int(np.prod(shape)), dtype=np.uint32) * np.uint32(0x9E3779B9)) + np.uint32(seed)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    uniform = (x >> np.uint32(8)).astype(np.float64) / 2 ** 24 - 0.5
    return torch.from_numpy((uniform * np.sqrt(12) * deviation + mean).astype(np.float32).reshape(shape))


def thin(tensor):
    """At most 600 values of a large result: every n-th."""
    return tensor.flatten()[::-(-tensor.numel() // 600)]


def write(path, tensors, metadata):
    header, position, parts = dict(__metadata__=metadata), 0, []
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().astype('<f4').tobytes()
        header[name] = dict(dtype='F32', shape=list(tensor.shape), data_offsets=[position, position + len(data)])
        position += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(parts))

"""Makes npy.json with Debian's python3-numpy: `python3 npy.py > npy.json`. Files as base64, and their values in C order."""
import base64
import io
import json

import numpy as np


def entry(array):
    file = io.BytesIO()
    np.save(file, array)
    values = np.ascontiguousarray(array).astype(np.float64).ravel().tolist()
    return {'file': base64.b64encode(file.getvalue()).decode(), 'shape': list(array.shape), 'values': values}


def array(kind, shape):
    ramp = np.arange(np.prod(shape)).reshape(shape)
    if kind == 'b1':
        return ramp % 2 == 1
    if kind[0] == 'f':
        return (ramp * 0.25 - 1).astype(kind)
    low = 0 if kind[0] == 'u' else -5
    return (ramp * 3 + low).astype(kind)


found = {}
for kind in ('b1', 'u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'u8', 'i8', 'f2', 'f4', 'f8'):
    for order in '<>':
        for shape in ((2, 3), (2, 3, 4)):
            for memory in 'CF':
                made = np.array(array(kind, shape).astype(order + kind), order=memory)
                found[f'{order}{kind} {len(shape)}-D {memory}'] = entry(made)
file = io.BytesIO()
np.lib.format.write_array(file, array('i2', (2, 3)), version=(2, 0))
found['version 2'] = {**entry(array('i2', (2, 3))), 'file': base64.b64encode(file.getvalue()).decode()}
print(json.dumps(found, indent=0))

"""Makes mobilenet.safetensors: what PyTorch computes with the MobileNetV2 of the npm package nsfwjs, as it lies there.

    npm pack nsfwjs@4.4.0 && tar xzf nsfwjs-4.4.0.tgz && python3 make-mobilenet.py package

Normalisation is a step of its own and convolutions are padded as Keras does, so that the conversion into
resources/features (folded, padded otherwise) is tested with the network.
"""
import base64
import json
import os
import subprocess
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from filled import fill, thin, write

torch.set_num_threads(1)
folder = os.path.join(os.path.abspath(sys.argv[1]), 'dist/models/mobilenet_v2')
program = """const m = require(process.argv[1] + '/model.min.js');
process.stdout.write(JSON.stringify([m.weightsManifest.flatMap((g) => g.weights), m.modelTopology, require(process.argv[1] + '/group1-shard1of1.min.js')]))"""
weights, topology, encoded = json.loads(subprocess.check_output(['node', '-e', program, folder]))
data, at, W = base64.b64decode(encoded), 0, {}
for w in weights:
    n, q = int(np.prod(w['shape'])), w['quantization']
    a = np.frombuffer(data, np.uint8, n, at).astype(np.float64) * q['scale'] + q['min']
    W[w['name']] = torch.tensor(a.reshape(w['shape']))
    at += n


def forward(x, wanted):
    """x [N, 3, H, W] in 0..1 through the layers of the topology; the outputs of those that are wanted."""
    out = {}
    for layer in topology['model_config']['config']['layers']:
        c, name, kind = layer['config'], layer['config']['name'], layer['class_name']
        ins = [out[i[0]] for i in layer['inbound_nodes'][0]] if layer['inbound_nodes'] else [x]
        a = ins[0]
        if kind == 'InputLayer':
            y = a
        elif kind == 'ZeroPadding2D':
            (top, bottom), (left, right) = c['padding']
            y = F.pad(a, (left, right, top, bottom))
        elif kind == 'Conv2D':
            k = W[f'{name}/kernel'].permute(3, 2, 0, 1)
            y = F.conv2d(a, k, stride=c['strides'][0], padding=k.shape[2] // 2 if c['padding'] == 'same' else 0)
        elif kind == 'DepthwiseConv2D':
            k = W[f'{name}/depthwise_kernel'].permute(2, 3, 0, 1)
            y = F.conv2d(a, k, stride=c['strides'][0], padding=1 if c['padding'] == 'same' else 0, groups=a.shape[1])
        elif kind == 'BatchNormalization':
            mean, variance = W[f'{name}/moving_mean'], W[f'{name}/moving_variance']
            y = F.batch_norm(a, mean, variance, W[f'{name}/gamma'], W[f'{name}/beta'], eps=c['epsilon'])
        elif kind == 'ReLU':
            y = a.clamp(0, c['max_value'])
        elif kind == 'Add':
            y = ins[0] + ins[1]
        out[name] = y
        if name == wanted[-1]:
            return [out[each] for each in wanted]


stages = ['block_3_expand_relu', 'block_6_expand_relu', 'block_13_expand_relu']
values = {}
with torch.no_grad():
    colours = fill('mobilenet/colours', (2, 3, 64, 96), 0.25, 0.5).double()
    for stride, y in zip((4, 8, 16), forward(colours, stages)):
        values[f'colours/{stride}'] = thin(y.float())
    grey = fill('mobilenet/grey', (40, 40), 0.5).numpy()
    large = np.asarray(Image.fromarray(grey, 'F').resize((224, 224), Image.BICUBIC)).clip(-1, 1)
    x = torch.tensor((large + 1) / 2).double()[None, None].expand(1, 3, 224, 224)
    pooled = torch.cat([F.adaptive_avg_pool2d(y, (8, 8)) for y in forward(x, stages)], 1)
    values['trunk/features'] = thin(pooled.float())
write(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'mobilenet.safetensors'), values, {})

"""Makes interpolate.json with PyTorch: bilinear interpolation as it does it, and as the published metric networks do.

    python3 interpolate.py
"""
import json
import os

import torch
import torch.nn.functional as F

cases = []
for width, height, channels, new_width, new_height in [(5, 4, 1, 9, 7), (6, 7, 3, 4, 3), (3, 3, 1, 3, 3), (1, 2, 1, 4, 5)]:
    samples = (torch.arange(height * width * channels) * 37 % 251).reshape(1, height, width, channels)
    x = samples.permute(0, 3, 1, 2).float()
    centre = F.interpolate(x, size=(new_height, new_width), mode='bilinear', align_corners=False)
    theta = torch.eye(2, 3)
    theta[0, 2] += 1 / width - 1 / new_width
    theta[1, 2] += 1 / height - 1 / new_height
    grid = F.affine_grid(theta[None], [1, channels, new_height, new_width], align_corners=False)
    corner = F.grid_sample(x, grid, mode='bilinear', padding_mode='border', align_corners=False)
    values = [result.permute(0, 2, 3, 1).flatten().tolist() for result in (centre, corner)]
    cases.append(dict(size=[width, height, channels, new_width, new_height], samples=samples.flatten().tolist(),
                      centre=values[0], corner=values[1]))
with open(os.path.join(os.path.dirname(__file__), 'interpolate.json'), 'w') as file:
    json.dump(cases, file)

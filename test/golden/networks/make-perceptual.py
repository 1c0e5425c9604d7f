"""Makes perceptual.safetensors with torchvision's VGG16 and the formula of LPIPS, weights filled by `fill`.

    python3 make-perceptual.py
"""
import os

import torch
import torchvision
from filled import fill, thin, write

torch.set_num_threads(1)
TAPS = (3, 8, 15, 22, 29)
values = {}
features = torchvision.models.vgg16().features.eval()
for name, tensor in features.named_parameters():
    fan_in = tensor[0].numel() if tensor.ndim == 4 else 1
    tensor.data = fill(f'vgg16/features.{name}', tuple(tensor.shape), (2 / fan_in) ** 0.5 if tensor.ndim == 4 else 0.1)
importance = [fill(f'vgg16/lin{i}.model.1.weight', (1, c, 1, 1), 0.25, 0.5) for i, c in enumerate((64, 128, 256, 512, 512))]


def lpips_features(images):
    shift = torch.tensor([-.030, -.088, -.188]).reshape(1, 3, 1, 1)
    scale = torch.tensor([.458, .448, .450]).reshape(1, 3, 1, 1)
    x = (images / 127.5 - 1 - shift) / scale
    found = []
    for index, layer in enumerate(features):
        x = layer(x)
        if index in TAPS:
            found.append(x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10))
    return found


def distance(a, b):
    """LPIPS of two batches: weighted squared differences, averaged over pixels, summed over stages."""
    pairs = zip(lpips_features(a), lpips_features(b), importance)
    return sum(((p - q).square() * w).sum(1).mean((1, 2)) for p, q, w in pairs)


images = fill('vgg16/images', (2, 3, 32, 48), 70.0, 127.5).requires_grad_()
others = fill('vgg16/others', (2, 3, 32, 48), 70.0, 127.5)
for stage, feature in enumerate(lpips_features(images)):
    area = feature.shape[2] * feature.shape[3]
    values[f'vgg16/features{stage}'] = thin(feature * importance[stage].sqrt() / area ** 0.5)
lpips = distance(images, others)
values['vgg16/distance'] = lpips
(gradient,) = torch.autograd.grad(lpips.sum(), [images])
values['vgg16/gradient'] = thin(gradient)
grey = images.detach()[:, :1].expand(-1, 3, -1, -1)
values['vgg16/grey'] = distance(grey, others)
write(os.path.join(os.path.dirname(__file__), 'perceptual.safetensors'), values, {})

"""Makes features.safetensors with torchvision's InceptionV3 and ResNet-50, weights filled by `fill`.

    python3 make-features.py

The TensorFlow variant of InceptionV3 is torchvision's with the pools of pytorch-fid exchanged: means that leave out
the padding, and a maximum in the last block.
"""
import os

import torch
import torch.nn.functional as F
import torchvision
from filled import fill, thin, write

torch.set_num_threads(1)
values = {}


def spread(name, shape):
    """Standard deviation and mean of a parameter."""
    if name.endswith('running_var'):
        return 0.2, 1.0
    if len(shape) == 4:
        return (2 / (shape[1] * shape[2] * shape[3])) ** 0.5, 0.0
    if len(shape) == 2:
        return shape[1] ** -0.5, 0.0
    return (0.2, 1.0) if name.endswith('weight') else (0.1, 0.0)


def filled(label, network):
    for name, tensor in network.state_dict().items():
        if not name.endswith('num_batches_tracked'):
            tensor.copy_(fill(f'{label}/{name}', tuple(tensor.shape), *spread(name, tuple(tensor.shape))))
    return network.eval()


def evaluate(label, network, images):
    seen = []
    network.fc.register_forward_hook(lambda _, inputs, output: seen.append((inputs[0], output)))
    with torch.no_grad():
        network(images)
    values[f'{label}/features'], values[f'{label}/logits'] = (thin(tensor) for tensor in seen[0])


mean_of_all = F.avg_pool2d
inception = dict(aux_logits=False, transform_input=False, init_weights=False)
images = fill('inception/images', (2, 3, 107, 91), 0.5)
evaluate('torchvision', filled('torchvision', torchvision.models.inception_v3(**inception)), images)

tf = filled('tf', torchvision.models.inception_v3(**inception, num_classes=1008))
calls = []


def pool(x, kernel_size, stride, padding):
    calls.append(x.shape)
    if len(calls) == 9:
        return F.max_pool2d(x, kernel_size, stride, padding)
    return mean_of_all(x, kernel_size, stride, padding, count_include_pad=False)


F.avg_pool2d = pool
evaluate('tf', tf, images)
assert len(calls) == 9
F.avg_pool2d = mean_of_all

evaluate('resnet50', filled('resnet50', torchvision.models.resnet50()), fill('resnet50/images', (2, 3, 96, 75)))
write(os.path.join(os.path.dirname(__file__), 'features.safetensors'), values, {})

"""Makes features.safetensors with torchvision's networks, weights filled by `fill` under their authors' names.

    python3 make-features.py

The TensorFlow variant of InceptionV3 is torchvision's with the pools of pytorch-fid exchanged: means that leave out
the padding, and a maximum in the last block. The transformers are small ones of DINO's and Swin's structure.
"""
import os
import re

import torch
import torch.nn.functional as F
import torchvision
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

from filled import fill, thin, write

torch.set_num_threads(1)
values = {}


def spread(name, shape):
    """Standard deviation and mean of a parameter."""
    if name.endswith('running_var'):
        return 0.2, 1.0
    if len(shape) == 3:
        return 1.0, 0.0
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


def keep(label, modules, layout=lambda x: x):
    """Stores what modules give as `LABEL/stages/NUMBER`, as images [N, C, H, W]."""
    for number, module in enumerate(modules):
        def store(_, __, output, number=number):
            values[f'{label}/stages/{number}'] = thin(layout(output))
        module.register_forward_hook(store)


def evaluate(label, network, images):
    seen = []
    network.fc.register_forward_hook(lambda _, inputs, output: seen.append((inputs[0], output)))
    with torch.no_grad():
        network(images)
    values[f'{label}/features'], values[f'{label}/logits'] = (thin(tensor) for tensor in seen[0])


mean_of_all = F.avg_pool2d
inception = dict(aux_logits=False, transform_input=False, init_weights=False)
images = fill('inception/images', (2, 3, 107, 91), 0.5)
network = filled('torchvision', torchvision.models.inception_v3(**inception))
keep('torchvision', [network.Conv2d_4a_3x3, network.Mixed_5d, network.Mixed_6e])
evaluate('torchvision', network, images)

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

network = filled('resnet50', torchvision.models.resnet50())
keep('resnet50', [network.layer1, network.layer2, network.layer3, network.layer4])
evaluate('resnet50', network, fill('resnet50/images', (2, 3, 96, 75)))


def named(label, network, names):
    """Fills a network whose parameters other authors name otherwise; buffers stay."""
    for name, tensor in network.named_parameters():
        for pattern, replacement in names:
            name = re.sub(pattern, replacement, name)
        tensor.data.copy_(fill(f'{label}/{name}', tuple(tensor.shape), *spread(name, tuple(tensor.shape))))
    return network.eval()


vit = named('vit', VisionTransformer(48, 8, 5, 3, 36, 144, num_classes=7), [
    (r'^conv_proj', 'patch_embed.proj'), ('^class_token', 'cls_token'), (r'encoder\.pos_embedding', 'pos_embed'),
    (r'encoder\.layers\.encoder_layer_', 'blocks.'), (r'encoder\.ln\.', 'norm.'), (r'ln_([12])\.', r'norm\1.'),
    (r'self_attention\.in_proj_', 'attn.qkv.'), (r'self_attention\.out_proj', 'attn.proj'),
    (r'mlp\.0', 'mlp.fc1'), (r'mlp\.3', 'mlp.fc2')])
tokens = []
for block in vit.encoder.layers:
    block.register_forward_hook(lambda _, __, output: tokens.append(output))
with torch.no_grad():
    vit(fill('vit/images', (2, 3, 48, 48)))
    values['vit/features'] = thin(torch.cat([vit.encoder.ln(x)[:, 0] for x in tokens[-4:]], 1))
    for number, x in enumerate(tokens[-4:]):
        values[f'vit/stages/{number}'] = thin(vit.encoder.ln(x)[:, 1:].reshape(2, 6, 6, 36).permute(0, 3, 1, 2))

stage = lambda match: f'layers.{(int(match[1]) - 1) // 2}.' + ('downsample.' if int(match[1]) % 2 == 0 else 'blocks.')
swin = named('swin', SwinTransformer([4, 4], 12, [2, 2, 3, 2], [1, 2, 3, 4], [7, 7], num_classes=5), [
    (r'^features\.0\.0', 'patch_embed.proj'), (r'^features\.0\.2', 'patch_embed.norm'), (r'^features\.(\d)\.', stage),
    (r'mlp\.0', 'mlp.fc1'), (r'mlp\.3', 'mlp.fc2')])
keep('swin', [swin.features[number] for number in (1, 3, 5, 7)], lambda x: x.permute(0, 3, 1, 2))
seen = []
swin.head.register_forward_hook(lambda _, inputs, output: seen.append(inputs[0]))
with torch.no_grad():
    swin(fill('swin/images', (2, 3, 224, 224)))
values['swin/features'] = thin(seen[0])

vgg = torchvision.models.vgg16()
vgg.classifier = torch.nn.Sequential(torch.nn.Linear(25088, 32), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(32, 32), torch.nn.ReLU())
vgg = named('vgg', vgg, [])
levels = fill('vgg/images', (1, 1, 224, 224), 60.0, 120.0).repeat(1, 3, 1, 1)
mean, deviation = (torch.tensor(x).reshape(1, 3, 1, 1) * 255 for x in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
keep('vgg', [vgg.features[number] for number in (3, 8, 15, 22, 29)], torch.Tensor.clone)
with torch.no_grad():
    values['vgg/features'] = thin(vgg((levels - mean) / deviation))

write(os.path.join(os.path.dirname(__file__), 'features.safetensors'), values, {})

"""Makes stylegan2.safetensors: values of the published StyleGAN2-ADA networks for many constructor arguments.

    python3 make-stylegan2.py PATH_OF_stylegan2-ada-pytorch

Weights and inputs are not stored: both sides fill them by the same formula (`fill`, test/networks/formula.ts).
Gradients are stored as [<gradient, direction>, norm], the direction filled by the formula too.
"""
import json
import os
import sys

import torch
from filled import fill, thin, write

sys.path.insert(0, sys.argv[1])
from torch_utils.ops import bias_act, upfirdn2d  # noqa: E402
from training import networks  # noqa: E402

CHANNELS = dict(channel_base=128, channel_max=16)
CASES = {
    'skip-resnet-conditional': dict(
        batch=4,
        G=dict(z_dim=8, c_dim=3, w_dim=12, img_resolution=64, img_channels=3,
               mapping_kwargs=dict(num_layers=3, embed_features=5, layer_features=10, lr_multiplier=0.1),
               synthesis_kwargs=dict(channel_base=256, channel_max=16, conv_clamp=0.8)),
        D=dict(c_dim=3, img_resolution=64, img_channels=3, channel_base=256, channel_max=16, conv_clamp=0.9, cmap_dim=7,
               mapping_kwargs=dict(num_layers=2, layer_features=6),
               epilogue_kwargs=dict(mbstd_group_size=2, mbstd_num_channels=2))),
    'orig-orig': dict(
        batch=2,
        G=dict(z_dim=8, c_dim=0, w_dim=8, img_resolution=16, img_channels=1, mapping_kwargs=dict(num_layers=4),
               synthesis_kwargs=dict(architecture='orig', **CHANNELS)),
        D=dict(c_dim=0, img_resolution=16, img_channels=1, architecture='orig', **CHANNELS,
               epilogue_kwargs=dict(mbstd_num_channels=0))),
    'resnet-skip': dict(
        batch=3,
        G=dict(z_dim=8, c_dim=2, w_dim=8, img_resolution=16, img_channels=3, mapping_kwargs=dict(num_layers=2),
               synthesis_kwargs=dict(architecture='resnet', conv_clamp=0.7, **CHANNELS)),
        D=dict(c_dim=2, img_resolution=16, img_channels=3, architecture='skip', **CHANNELS,
               mapping_kwargs=dict(num_layers=1),
               block_kwargs=dict(freeze_layers=3), epilogue_kwargs=dict(mbstd_group_size=None))),
    'other-filters-and-activations': dict(
        batch=2,
        G=dict(z_dim=8, c_dim=0, w_dim=8, img_resolution=16, img_channels=1,
               mapping_kwargs=dict(num_layers=1, activation='relu'),
               synthesis_kwargs=dict(activation='swish', resample_filter=[1, 2, 1], use_noise=False, **CHANNELS)),
        D=dict(c_dim=0, img_resolution=16, img_channels=1, **CHANNELS,
               block_kwargs=dict(activation='elu', resample_filter=[1, 4, 9, 16, 16, 9, 4, 1]),
               epilogue_kwargs=dict(activation='tanh', mbstd_group_size=2))),
    'smallest': dict(
        batch=2,
        G=dict(z_dim=4, c_dim=0, w_dim=4, img_resolution=4, img_channels=3,
               synthesis_kwargs=dict(architecture='orig', **CHANNELS)),
        D=dict(c_dim=0, img_resolution=8, img_channels=3, **CHANNELS)),
}

def spread(name):
    """Standard deviation and mean of a parameter."""
    if name.endswith('affine.bias'):
        return 0.2, 1.0
    if 'mapping.fc' in name:
        return (100.0, 0.0) if name.endswith('weight') else (20.0, 0.0)
    return (1.0, 0.0) if name.endswith(('weight', 'const')) else (0.3, 0.0)


def build(case, letter, kind, kwargs):
    network = kind(**kwargs).eval()
    with torch.no_grad():
        for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
            if not name.endswith('resample_filter'):
                tensor.copy_(fill(f'{case}/{letter}.{name}', tuple(tensor.shape), *spread(name)))
    return network


def projections(case, what, loss, network, found):
    names, tensors = zip(*network.named_parameters())
    for name, gradient in zip(names, torch.autograd.grad(loss, tensors, retain_graph=True, allow_unused=True)):
        if gradient is not None:
            direction = fill(f'{case}/{what}/{name}', tuple(gradient.shape)).double()
            dot = (gradient.double() * direction).sum()
            found[f'{case}/{what}/{name}'] = torch.stack([dot, gradient.double().norm()]).float()


def compute(case, batch, G, D, found):
    g, d = build(case, 'G', networks.Generator, G), build(case, 'D', networks.Discriminator, D)
    z = fill(f'{case}/z', (batch, G['z_dim']))
    c = fill(f'{case}/c', (batch, G['c_dim'])) if G['c_dim'] else None
    ws = g.mapping(z, c)
    found[f'{case}/ws'] = ws[:, 0]
    found[f'{case}/truncated'] = g.mapping(z, c, truncation_psi=0.6, truncation_cutoff=1)[:, :2]
    image = g.synthesis(ws, noise_mode='const')
    found[f'{case}/image'] = thin(image)
    if image.shape[2] == D['img_resolution']:
        generated = d(image, c)
        found[f'{case}/generated'] = generated
        projections(case, 'dG', torch.nn.functional.softplus(-generated).mean(), g, found)
    lengths_noise = fill(f'{case}/direction', tuple(image.shape)) / image.shape[2]
    # PyTorch 1.13 fails ("dependency not found") unless it is asked for the parameters' gradients too.
    targets = [ws, *g.parameters()]
    path = torch.autograd.grad((image * lengths_noise).sum(), targets, create_graph=True, allow_unused=True)[0]
    lengths = path.square().sum(2).mean(1).sqrt()
    found[f'{case}/lengths'] = lengths
    projections(case, 'dPL', (lengths - 0.01 * lengths.mean()).square().mean(), g, found)
    x = fill(f'{case}/x', (batch, D['img_channels'], D['img_resolution'], D['img_resolution'])).requires_grad_()
    real = d(x, c)
    found[f'{case}/real'] = real
    projections(case, 'dD', torch.nn.functional.softplus(-real).mean(), d, found)
    r1 = torch.autograd.grad(real.sum(), [x, *d.parameters()], create_graph=True, allow_unused=True)[0]
    penalty = r1.square().sum([1, 2, 3])
    found[f'{case}/penalty'] = penalty
    projections(case, 'dR1', penalty.mean(), d, found)

    def described(network):
        trained = {name for name, _ in network.named_parameters()}
        tensors = [*network.named_parameters(), *network.named_buffers()]
        return {name: [list(tensor.shape), name in trained] for name, tensor in tensors}
    return json.dumps(dict(batch=batch, G=G, D=D, generator=described(g), discriminator=described(d)))


torch.set_num_threads(1)
values, about = {}, {}
for case_name, arguments in CASES.items():
    about[case_name] = compute(case_name, arguments['batch'], arguments['G'], arguments['D'], values)
points = torch.linspace(-3, 3, 25).reshape(1, 25)
for name in bias_act.activation_funcs:
    values[f'activation/{name}'] = bias_act.bias_act(points, act=name, impl='ref')
signal = fill('filter/x', (2, 3, 9, 7))
for taps in ([1, 2, 1], [1, 4, 9, 16, 16, 9, 4, 1], 2.0, None, [[1, 2, 0], [0, -1, 3]]):
    kernel = upfirdn2d.setup_filter(taps)
    values[f'filter/{json.dumps(taps)}'] = upfirdn2d.filter2d(signal, kernel, impl='ref')
write(os.path.join(os.path.dirname(__file__), 'stylegan2.safetensors'), values, about)

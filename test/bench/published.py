# Times the published StyleGAN2-ADA code (a checkout given by its path) on the CPU: python3 published.py CHECKOUT TASK
# Random weights; two threads; prints seconds, best of several. Used by published.ts, never by tests.
import sys, time
sys.path.insert(0, sys.argv[1])
import torch
import torchvision
from training.networks import Discriminator, Generator

torch.set_num_threads(2)
torch.manual_seed(0)


def projection_step():
    G = Generator(z_dim=512, c_dim=0, w_dim=512, img_resolution=256, img_channels=3,
                  synthesis_kwargs=dict(channel_base=32768, channel_max=512)).eval().requires_grad_(False)
    vgg = torchvision.models.vgg16(weights=None).features.eval().requires_grad_(False)
    taps = {3, 8, 15, 22, 29}

    def features(x):
        out = []
        for i, layer in enumerate(vgg):
            if i > 29:
                break
            x = layer(x)
            if i in taps:
                norm = (x.square().sum(1, keepdim=True) + 1e-10).sqrt()
                out.append((x / norm / (x.shape[2] * x.shape[3]) ** 0.5).flatten(1))
        return torch.cat(out, 1)

    with torch.no_grad():
        target = features(torch.rand(1, 3, 256, 256) * 2 - 1)
    noises = [b for n, b in G.synthesis.named_buffers() if 'noise_const' in n]
    for noise in noises:
        noise[:] = torch.randn_like(noise)
        noise.requires_grad = True
    w = torch.zeros(1, 1, 512, requires_grad=True)
    optimizer = torch.optim.Adam([w] + noises, betas=(0.9, 0.999), lr=0.1)

    def step():
        image = G.synthesis(w.repeat([1, G.mapping.num_ws, 1]), noise_mode='const', force_fp32=True)
        loss = (target - features(image)).square().sum()
        for v in noises:
            noise = v[None, None]
            while True:
                loss = loss + 1e5 * (noise * torch.roll(noise, 1, 3)).mean() ** 2
                loss = loss + 1e5 * (noise * torch.roll(noise, 1, 2)).mean() ** 2
                if noise.shape[2] <= 8:
                    break
                noise = torch.nn.functional.avg_pool2d(noise, 2)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for v in noises:
                v -= v.mean()
                v *= v.square().mean().rsqrt()
    return step


def training(resolution, channels, base, most, batch, layers, path_length):
    # Seconds of one iteration: the phases that are not due every time are counted by how often they are.
    size = dict(channel_base=base, channel_max=most)
    G = Generator(z_dim=512, c_dim=0, w_dim=512, img_resolution=resolution, img_channels=channels,
                  mapping_kwargs=dict(num_layers=layers), synthesis_kwargs=size).train()
    D = Discriminator(c_dim=0, img_resolution=resolution, img_channels=channels,
                      epilogue_kwargs=dict(mbstd_group_size=4), **size).train()
    optimizers = {n: torch.optim.Adam(n.parameters(), lr=0.0025, betas=(0, 0.99), eps=1e-8) for n in (G, D)}
    real = torch.rand(batch, channels, resolution, resolution) * 2 - 1
    softplus = torch.nn.functional.softplus

    def phase(network, loss):
        for n in (G, D):
            n.requires_grad_(n is network)
        optimizers[network].zero_grad(set_to_none=True)
        loss().backward()
        optimizers[network].step()

    def fake():
        return G(torch.randn(batch, 512), None, noise_mode='random')

    def r1():
        images = real.detach().requires_grad_(True)
        gradient, = torch.autograd.grad([D(images, None).sum()], [images], create_graph=True)
        return gradient.square().sum([1, 2, 3]).mul(16 * 0.5).mean()

    def lengths():
        ws = G.mapping(torch.randn(batch // 2, 512), None)
        images = G.synthesis(ws, noise_mode='random')
        noise = torch.randn_like(images) / resolution
        gradient, = torch.autograd.grad([(images * noise).sum()], [ws], create_graph=True)
        return gradient.square().sum(2).mean(1).sqrt().square().mean() * 8

    phases = [(1, lambda: phase(G, lambda: softplus(-D(fake(), None)).mean())),
              (1, lambda: phase(D, lambda: softplus(D(fake().detach(), None)).mean() + softplus(-D(real, None)).mean())),
              (1 / 16, lambda: phase(D, r1))] + ([(1 / 4, lambda: phase(G, lengths))] if path_length else [])
    return lambda: sum(share * best(run, 3) for share, run in phases)


def best(run, repetitions):
    run()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


print({
    'projection-step': lambda: best(projection_step(), 4),
    'training-64': lambda: training(64, 1, 2048, 64, 16, 4, False)(),
    'training-256': lambda: training(256, 3, 16384, 512, 4, 8, True)(),
}[sys.argv[2]]())

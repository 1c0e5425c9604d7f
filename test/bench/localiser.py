"""Images a second of a step of a usual U-Net of the localiser's size in PyTorch (as the prototype): localiser.py THREADS."""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
size, batch, width = 128, 16, 16
channels = [width, width * 2, width * 4, width * 4, width * 8]


def block(inputs, outputs):
    layers = []
    for i in (inputs, outputs):
        layers += [nn.Conv2d(i, outputs, 3, padding=1), nn.GroupNorm(8, outputs), nn.LeakyReLU(0.1)]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(block(1 if i == 0 else channels[i - 1], c) for i, c in enumerate(channels))
        self.up = nn.ModuleList(block(channels[i] + channels[i + 1], channels[i]) for i in (3, 2, 1, 0))
        self.out = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        kept = []
        for i, layer in enumerate(self.down):
            x = layer(F.avg_pool2d(x, 2) if i else x)
            kept.append(x)
        kept.pop()
        for layer in self.up:
            x = layer(torch.cat([F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False), kept.pop()], 1))
        return self.out(x)


net = UNet()
optimizer = torch.optim.Adam(net.parameters(), 1e-3, betas=(0.9, 0.99))
x, y = torch.rand(batch, 1, size, size), (torch.rand(batch, 1, size, size) > 0.95).float()
best = 1e9
for _ in range(6):
    began = time.time()
    loss = F.binary_cross_entropy_with_logits(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    best = min(best, time.time() - began)
print(batch / best)

# Golden values for test/native/graphs.test.ts: a small convolutional network whose loss contains a gradient (R1).
# Run: OMP_NUM_THREADS=2 /usr/bin/python3 test/golden/native/second-derivatives.py  (PyTorch 1.13, float64)
import json
import pathlib

import torch
import torch.nn.functional as F


def wave(shape, phase, scale):
    """The same formula as in the test: scale * sin(0.7 i + phase), i the row-major place."""
    i = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    return (scale * torch.sin(0.7 * i + phase)).reshape(shape).requires_grad_()


x = wave([2, 3, 6, 5], 0.1, 1.0)
w1 = wave([4, 3, 3, 3], 0.2, 0.4)
w2 = wave([4, 3, 4, 4], 0.3, 0.5)  # two groups: 4 -> 6 channels
w3 = wave([6 * 6 * 5, 2], 0.4, 0.1)

hidden = F.leaky_relu(F.conv2d(x, w1, padding=1), 0.2)
wide = F.softplus(F.conv_transpose2d(hidden, w2, stride=2, padding=1, groups=2))
pooled = F.max_pool2d(wide, 3, stride=2, padding=1)
logits = pooled.flatten(1) @ w3
(slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
penalty = slope.square().sum()
loss = F.softplus(-logits).mean() + 0.05 * penalty
gradients = torch.autograd.grad(loss, [x, w1, w2, w3])

golden = {"loss": loss.item(), "penalty": penalty.item(), "logits": logits.flatten().tolist()}
for name, gradient in zip(["x", "w1", "w2", "w3"], gradients):
    golden[name] = [float(f"{value:.9g}") for value in gradient.flatten().tolist()]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
print(golden["loss"], golden["penalty"], path.stat().st_size)

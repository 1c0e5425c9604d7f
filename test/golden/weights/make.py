"""Makes the files of test/weights with Debian's python3-torch (1.13) and python3-numpy: `python3 make.py` in this folder."""
import json
import os
import pickle
import sys
import types
import zipfile

import numpy as np
import torch

torch.manual_seed(0)
expected = {}


def note(file, tensors):
    """What a file holds, in C order; not-a-numbers and infinities do not occur."""
    expected[file] = {name: [list(t.shape), t.detach().double().flatten().tolist()] for name, t in tensors.items()}


# State dictionaries, both layouts: element types, views on shared storages, other memory orders, nesting, attributes.
base = torch.randn(6, 4)
state = torch.nn.Conv2d(2, 3, 3).state_dict()  # carries a `_metadata` attribute
state.update(
    f16=torch.tensor([1.5, -2.0, 6e-8, 65504.0]).half(),
    bf16=torch.tensor([1.0, -3.140625, 1e-30]).bfloat16(),
    f64=torch.tensor([0.1, 1e300 * 1e-299]).double(),
    i64=torch.tensor([-1, 2**40]),
    i32=torch.tensor([-7], dtype=torch.int32),
    i16=torch.tensor([-300], dtype=torch.int16),
    i8=torch.tensor([-8], dtype=torch.int8),
    u8=torch.tensor([200], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
    shared=base,
    row=base[2],
    column=base[:, 1],
    transposed=base.t(),
    strided=base[1::2, ::3],
    channels_last=torch.randn(2, 3, 2, 2).to(memory_format=torch.channels_last),
    parameter=torch.nn.Parameter(torch.randn(3)),
)
content = {'model': state, 'epoch': 3, 'best': 0.25, 'names': ['a', 'b'], 'array': np.asfortranarray(np.arange(6.0).reshape(2, 3))}
tensors = {f'model.{name}': tensor for name, tensor in state.items()}
tensors['array'] = torch.arange(6.0).reshape(2, 3)
for file, zipped in [('state-zip.pth', True), ('state-legacy.pth', False)]:
    torch.save(content, file, _use_new_zipfile_serialization=zipped)
    note(file, tensors)


# TorchScript archives: a traced one has mangled class names and constants, a scripted one typed lists.
class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 2, 3)
        self.norm = torch.nn.BatchNorm2d(2)
        self.extra = [torch.ones(2), torch.zeros(1)]
        self.sizes = [1, 2]
        self.options = {'a': 1.5}

    def forward(self, x):
        return self.norm(self.conv(x)) * torch.tensor([3.0]) + self.extra[0].sum()


blocks = torch.nn.ModuleDict({'first': Block(), 'second': Block()}).eval()
names = dict(blocks.first.state_dict())
scripted = torch.jit.script(blocks.first)
scripted.save('scripted.pt')
note('scripted.pt', {**names, 'extra.0': torch.ones(2), 'extra.1': torch.zeros(1)})
traced = torch.jit.trace(torch.nn.Sequential(blocks.first, torch.nn.Conv2d(2, 1, 1)).eval(), torch.zeros(1, 1, 8, 8))
traced.save('traced-full.pt')
# The source text of an archive is never read: leave it out here.
with zipfile.ZipFile('traced-full.pt') as full, zipfile.ZipFile('traced.pt', 'w', zipfile.ZIP_DEFLATED) as small:
    for entry in full.infolist():
        if '/code/' not in entry.filename:
            small.writestr(entry.filename, full.read(entry))
os.remove('traced-full.pt')
note('traced.pt', traced.state_dict())
expected['traced.pt'].update({'constants.0': [[1], [3.0]], 'constants.1': [[2], [1.0, 1.0]]})

# Network pickles with the structure of the published ones, in every protocol: persistent objects with source text.
persistence = types.ModuleType('torch_utils.persistence')


def _reconstruct_persistent_obj(meta):
    raise RuntimeError('never called')


_reconstruct_persistent_obj.__module__ = 'torch_utils.persistence'
persistence._reconstruct_persistent_obj = _reconstruct_persistent_obj
dnnlib = types.ModuleType('dnnlib.util')


class EasyDict(dict):
    pass


EasyDict.__module__ = 'dnnlib.util'
dnnlib.EasyDict = EasyDict
sys.modules.update({'torch_utils': types.ModuleType('torch_utils'), 'torch_utils.persistence': persistence})
sys.modules.update({'dnnlib': types.ModuleType('dnnlib'), 'dnnlib.util': dnnlib})


class Persistent(torch.nn.Module):
    def __init__(self, class_name, *args, **kwargs):
        super().__init__()
        self.class_name, self._init_args, self._init_kwargs = class_name, args, kwargs

    def __reduce__(self):
        source = 'import os\nos.system("echo the source text was run")\n'
        meta = dict(type='class', version=6, module_src=source, class_name=self.class_name, state=self.__dict__)
        return _reconstruct_persistent_obj, (meta,), None


def network(class_name, *args, **kwargs):
    result = Persistent(class_name, *args, **kwargs)
    result.mapping = Persistent('MappingNetwork', 4, 0)
    result.mapping.register_buffer('w_avg', torch.randn(4))
    result.mapping.fc0 = Persistent('FullyConnectedLayer', 4, 4)
    result.mapping.fc0.weight = torch.nn.Parameter(torch.randn(4, 4))
    result.mapping.fc0.bias = None
    result.mapping.fc0.weight_gain = np.float32(0.5) / np.sqrt(4)
    layer = torch.randn(2, 3, 2, 2).to(memory_format=torch.channels_last)
    result.conv = Persistent('Conv2dLayer', 3, 2)
    result.conv.weight = torch.nn.Parameter(layer)
    result.conv.register_buffer('filter', torch.tensor([0.5, -1.0]).half())
    return result


generator = network('Generator', 4, 0, 4, img_resolution=8, img_channels=1, synthesis_kwargs=EasyDict(gain=np.float64(0.1)))
discriminator = network('Discriminator', c_dim=0, img_resolution=8, img_channels=1, epilogue_kwargs={'mbstd_group_size': None})
pipe = network('AugmentPipe', xflip=1)
data = EasyDict(class_name='training.dataset.ImageFolderDataset', path='x.zip', max_size=9)
for protocol in [2, 3, 4, 5]:
    file = f'network-protocol{protocol}.pkl'
    with open(file, 'wb') as stream:
        networks = dict(training_set_kwargs=data, G=generator, D=discriminator, G_ema=generator, augment_pipe=pipe)
        pickle.dump(networks, stream, protocol=protocol)
    note(file, {f'{n}.{k}': v for n, m in [('G', generator), ('D', discriminator)] for k, v in m.state_dict().items()})

# NumPy's own files and arrays inside pickles.
arrays = {
    'w': np.random.RandomState(0).randn(1, 2, 3),
    'f4': np.arange(6, dtype='<f4').reshape(2, 3),
    'fortran': np.asfortranarray(np.arange(24, dtype='<i4').reshape(2, 3, 4)),
    'i8': np.array([-1, 2**40]),
    'u1': np.array(7, dtype='u1'),
    'bool': np.array([True, False]),
    'f2': np.array([0.5, -2], dtype='<f2'),
    'empty': np.zeros((0, 2)),
}
np.savez('arrays.npz', **arrays)
np.savez_compressed('arrays-compressed.npz', **arrays)
np.save('fortran.npy', arrays['fortran'])
for protocol in [2, 3, 4, 5]:
    with open(f'arrays-protocol{protocol}.pkl', 'wb') as stream:
        pickle.dump({**arrays, 'number': np.float64(0.1)}, stream, protocol=protocol)
expected['arrays'] = {name: [list(a.shape), a.astype('f8').flatten().tolist()] for name, a in arrays.items()}

with open('expected.json', 'w') as stream:
    json.dump(expected, stream)

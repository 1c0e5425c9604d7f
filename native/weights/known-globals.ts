// The exact list of Python names that weights files may mention; everything else is refused. None of them is ever run.

const containers = ['collections.OrderedDict', 'dnnlib.util.EasyDict', 'builtins.set', '__builtin__.set', 'torch.Size'];

const storages = [
  'DoubleStorage',
  'FloatStorage',
  'HalfStorage',
  'BFloat16Storage',
  'LongStorage',
  'IntStorage',
  'ShortStorage',
  'CharStorage',
  'ByteStorage',
  'BoolStorage',
].map((name) => `torch.${name}`);

const tensors = ['torch._utils._rebuild_tensor', 'torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_parameter'];

const numpy = [
  'numpy.ndarray',
  'numpy.dtype',
  '_codecs.encode',
  'builtins.bytes',
  '__builtin__.bytes',
  ...['numpy.core', 'numpy._core'].flatMap((core) => [
    `${core}.multiarray._reconstruct`,
    `${core}.multiarray.scalar`,
    `${core}.numeric._frombuffer`,
  ]),
];

const typedLists = ['build_intlist', 'build_tensorlist', 'build_doublelist', 'build_boollist', 'restore_type_tag'].map(
  (name) => `torch.jit._pickle.${name}`,
);

/** Names in a stored tensor storage, the innermost level of a network pickle. */
const storageNames: ReadonlySet<string> = new Set([...containers, ...storages]);
const stateDictNames: ReadonlySet<string> = new Set([...storageNames, ...tensors, ...numpy]);
const networkNames: ReadonlySet<string> = new Set([
  ...stateDictNames,
  'torch.storage._load_from_bytes',
  'torch_utils.persistence._reconstruct_persistent_obj',
]);
const scriptNames: ReadonlySet<string> = new Set([...stateDictNames, ...typedLists]);

/** For each kind of file, whether a full global name is understood in it. */
export const allowed = {
  storage: (name: string) => storageNames.has(name),
  stateDict: (name: string) => stateDictNames.has(name),
  network: (name: string) => networkNames.has(name),
  /** TorchScript names its compiled classes `__torch__.…`; they become inert records. */
  script: (name: string) => scriptNames.has(name) || name.startsWith('__torch__.'),
} as const;

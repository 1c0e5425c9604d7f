// Pickles as data: plain values of every opcode, NumPy arrays of every protocol, and pickles that try to run something.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allowed } from '../../native/weights/known-globals.ts';
import { readNetworkPickle } from '../../native/weights/network-pickle.ts';
import { readPickle } from '../../native/weights/pickle.ts';
import type { PickleValue } from '../../native/weights/pickle-value.ts';
import { toNumbers } from '../../native/weights/tensor.ts';
import { collectTensors } from '../../native/weights/tensor-tree.ts';
import { problemOf } from './problem-of.ts';

const golden = join(import.meta.dirname, '../golden/weights');
const latin = (text: string) => Buffer.from(text, 'latin1');
const read = (text: string): PickleValue => readPickle(latin(text), { file: 'x.pkl', allows: allowed.network }).value;
const noStorage = () => {
  throw new Error('no storage is looked up here');
};

describe('readPickle', () => {
  it.each<readonly [string, string, PickleValue]>([
    [
      'a list of protocol 0',
      "(lp0\nI1\naL-20000000000000000000L\naI01\naF2.5\naF-inf\naS'a'\naVb\\u00e9\naNa.",
      [1, -(2n * 10n ** 19n), true, 2.5, Number.NEGATIVE_INFINITY, 'a', 'bé', null],
    ],
    [
      'a dictionary of protocol 0',
      "(dp0\nS'k'\nI5\nsI1\nS'v'\ns.",
      new Map<string | number, PickleValue>([
        ['k', 5],
        [1, 'v'],
      ]),
    ],
    ['numbers', '(K\x07M\x01\x02J\xff\xff\xff\xffG\x3f\xf8\0\0\0\0\0\0t.', [7, 513, -1, 1.5]],
    ['long integers', '(\x8a\0\x8a\x01\xff\x8a\x09\0\0\0\0\0\0\0\0\x01\x8b\x01\0\0\0\x05t.', [0, -1, 2n ** 64n, 5]],
    [
      'text',
      '(U\x01aT\x02\0\0\0b\xe9X\x02\0\0\0\xc3\xa9\x8c\x01c\x8d\x01\0\0\0\0\0\0\0dt.',
      ['a', 'bé', 'é', 'c', 'd'],
    ],
    ['booleans and nothing', '(\x88\x89Nt.', [true, false, null]],
    ['tuples', ')K\x01\x85K\x02K\x03\x86\x87.', [[], [1], [2, 3]]],
    [
      'sets',
      '(\x8f(K\x01K\x02\x90(K\x03\x91cbuiltins\nset\n]K\x04a\x85Rt.',
      [new Set([1, 2]), new Set([3]), new Set([4])],
    ],
    [
      'dictionaries',
      '}(X\x01\0\0\0aK\x01K\x02\x88u.',
      new Map<string | number, PickleValue>([
        ['a', 1],
        [2, true],
      ]),
    ],
    ['an ordered dictionary of pairs', 'ccollections\nOrderedDict\n](](K\x01K\x02ee\x85R.', new Map([[1, 2]])],
    ['the memo', '(K\x01q\0r\x05\0\0\0K\x02\x94h\0j\x05\0\0\0g0\n0h\x02t.', [1, 2, 1, 1, 2]],
    ['a stack that is tidied', '(K\x01K\x021K\x032K\x040(0\x86.', [3, 3]],
    ['a frame', '\x80\x04\x95\x03\0\0\0\0\0\0\0K\x01.', 1],
  ])('reads %s', (_, text, value) => {
    expect(read(text)).toEqual(value);
  });

  it('reads byte strings without a copy, and those that Python 3 wrote for Python 2', () => {
    const bytes = latin('(C\x01aB\x01\0\0\0b\x8e\x01\0\0\0\0\0\0\0c\x96\x01\0\0\0\0\0\0\0dt.');
    const parts = readPickle(bytes, { file: 'x', allows: allowed.network }).value as Uint8Array[];
    expect(parts.map((part) => Buffer.from(part).toString())).toEqual(['a', 'b', 'c', 'd']);
    expect(parts.every((part) => part.buffer === bytes.buffer)).toBe(true);
    expect(read('c_codecs\nencode\nX\x02\0\0\0\xc3\xbfX\x06\0\0\0latin1\x86R.')).toEqual(latin('\xff'));
  });

  it('leaves allowed calls undone, as records with their arguments and state', () => {
    expect(read('cnumpy\ndtype\nX\x02\0\0\0f8\x85RK\x03\x85b.')).toEqual({
      kind: 'record',
      global: 'numpy.dtype',
      arguments: ['f8'],
      state: [3],
    });
  });

  it.each([
    ['cos\nsystem\n(S"echo"\ntR.', 'os.system'],
    ['cbuiltins\neval\n(S"1"\ntR.', 'builtins.eval'],
    ['c__builtin__\ngetattr\n.', '__builtin__.getattr'],
    ['\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.', 'builtins.getattr'],
    ['\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.fromkeys\x93.', 'collections.OrderedDict.fromkeys'],
    ['cdnnlib.tflib.network\nNetwork\n.', 'dnnlib.tflib.network.Network'],
    ['c__torch__.models\nBlock\n.', '__torch__.models.Block'],
    ['ctorch.nn.modules.linear\nLinear\n)\x81.', 'torch.nn.modules.linear.Linear'],
    [`c${'a'.repeat(300)}\nb\n.`, 'a'.repeat(200)],
  ])('refuses %j by name', (text, name) => {
    expect(problemOf(() => read(text))).toEqual({ kind: 'unknown-global', values: { file: 'x.pkl', name } });
  });

  it.each([
    ['nothing', ''],
    ['an end that does not come', 'K\x01'],
    ['an empty stack', '.'],
    ['an unknown opcode', '\xff.'],
    ['a class given inline', '(ios\nsystem\n.'],
    ['a class on the stack', '(cnumpy\ndtype\no.'],
    ['an extension code', '\x82\x01.'],
    ['an out-of-band buffer', '\x97.'],
    ['a newer protocol', '\x80\x06K\x01.'],
    ['bytes of 2^63', '\x8e\0\0\0\0\0\0\0\x80.'],
    ['a text of 2^32 - 1', 'X\xff\xff\xff\xff.'],
    ['an integer of 2^31 bytes', '\x8b\0\0\0\x80.'],
    ['a decimal of 500 digits', `L${'9'.repeat(500)}L\n.`],
    ['a number that is none', 'I1e5\n.'],
    ['a float that is none', 'Fabc\n.'],
    ['a line without end', 'I12'],
    ['escapes in a quoted text', "S'\\x41'\n."],
    ['text that is not UTF-8', 'X\x01\0\0\0\xff.'],
    ['a memo that is empty', 'h\x05.'],
    ['no mark', 'K\x01t.'],
    ['a pop below the mark', 'K\x01(a.'],
    ['items for a number', 'K\x01(K\x02e.'],
    ['pairs for a list', '](K\x01K\x02u.'],
    ['members for a list', '](K\x01\x90.'],
    ['half a pair', '}(K\x01u.'],
    ['a list as a key', '}]K\x01s.'],
    ['a call of a text', "S'os.system'\n)R."],
    ['a call without a tuple', 'cnumpy\ndtype\nK\x01R.'],
    ['a global without a name', 'K\x01K\x02\x93.'],
    ['a state for a list', ']K\x01b.'],
    ['bytes in another encoding', 'c_codecs\nencode\nX\x01\0\0\0aX\x05\0\0\0rot13\x86R.'],
  ])('refuses %s', (_, text) => {
    expect(problemOf(() => read(text))).toMatchObject({ kind: 'content', values: { file: 'x.pkl' } });
  });

  it('bounds the work that a pickle may ask for', () => {
    expect(problemOf(() => read(')'.repeat(1_000_001))).kind).toBe('limit');
    // A list of a thousand pairs made once, turned into a dictionary a thousand times.
    const pairs = `](${'K\x01K\x02\x86'.repeat(1000)}eq\0`;
    const copies = 'ccollections\nOrderedDict\nh\0\x85R'.repeat(1000);
    expect(problemOf(() => read(`${pairs}${copies}.`)).kind).toBe('limit');
  });
});

describe('what a pickle holds', () => {
  it('bounds a structure that contains itself', () => {
    const problem = problemOf(() => collectTensors(read(']q\0h\0a.'), noStorage, 'x'));
    expect(problem).toMatchObject({ kind: 'limit', values: { what: 'nesting of objects in x' } });
  });

  it('bounds a structure that doubles at every level', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `(h${String.fromCharCode(level)}h${String.fromCharCode(level)}t\x94`,
    );
    const problem = problemOf(() => collectTensors(read(`)\x94${levels.join('')}.`), noStorage, 'x'));
    expect(problem).toMatchObject({ kind: 'limit', values: { what: 'number of objects in x' } });
  });

  it.each([2, 3, 4, 5])('reads the arrays of NumPy in protocol %i', (protocol) => {
    const bytes = readFileSync(join(golden, `arrays-protocol${protocol}.pkl`));
    const { value } = readPickle(bytes, { file: 'x', allows: allowed.stateDict });
    const found = [...collectTensors(value, noStorage, 'x')].map(([name, t]) => [name, [t.shape, [...toNumbers(t)]]]);
    const { arrays } = JSON.parse(readFileSync(join(golden, 'expected.json'), 'utf8')) as { arrays: object };
    expect(Object.fromEntries(found)).toEqual({ ...arrays, number: [[], [0.1]] });
  });

  const object = (state: string, className = 'X\x09\0\0\0Generator') =>
    `\x80\x02}X\x01\0\0\0Gctorch_utils.persistence\n_reconstruct_persistent_obj\n}(X\x0a\0\0\0class_name${className}` +
    `X\x05\0\0\0state${state}u\x85Rs.`;
  const tensor = (storage: string) => `ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\0)){}t`.replace('{}', '\x89}');

  it.each([
    ['no network', '\x80\x02}.', 'missing'],
    ['a network that is a dictionary', '\x80\x02}X\x01\0\0\0G}s.', 'content'],
    ['a network without state', object('N'), 'content'],
    ['a network without class', object('}', 'N'), 'content'],
    ['arguments that are no list', object('}X\x0a\0\0\0_init_argsK\x01s'), 'content'],
    ['arguments without names', object(`}X\x0a\0\0\0_init_args(${'K\x01'.repeat(8)}ts`), 'content'],
    ['arguments that are no data', object('}X\x0c\0\0\0_init_kwargs}K\x01cnumpy\ndtype\nss'), 'content'],
    ['arguments without end', object('}X\x0a\0\0\0_init_args]q\0h\0as'), 'content'],
    ['a storage that is a number', object(`}X\x08\0\0\0_buffers}X\x01\0\0\0w${tensor('K\x01')}Rss`), 'content'],
    [
      'a storage that would be run',
      object(
        `}X\x08\0\0\0_buffers}X\x01\0\0\0w${tensor('ctorch.storage\n_load_from_bytes\nB\x14\0\0\0cos\nsystem\n(S"x"\ntR.\x85R')}Rss`,
      ),
      'unknown-global',
    ],
  ])('refuses %s', (_, text, kind) => {
    expect(problemOf(() => readNetworkPickle(latin(text), 'net.pkl')).kind).toBe(kind);
  });
});

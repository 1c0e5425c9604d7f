// Decodes DICOM text (PS3.5 6.1, PS3.3 C.12.1.1.2): single-byte sets, ISO 2022 code extensions, UTF-8, GBK, GB18030.

/** The encodings in force: the first one, and those that escape sequences may switch to. */
export interface CharacterSets {
  readonly encoding: string;
  readonly extended: boolean;
}

/** Defined terms -> labels of the Encoding standard; the `ISO 2022` terms name the same repertoires. */
const encodings: Readonly<Record<string, string>> = {
  '6': 'latin1',
  '100': 'latin1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'windows-1254',
  '203': 'iso-8859-15',
  '13': 'shift_jis',
  '166': 'windows-874',
  '192': 'utf-8',
  '149': 'euc-kr',
  '58': 'gbk',
  '87': 'euc-jp',
  '159': 'euc-jp',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** The sets that (0008,0005) names; unknown terms count as Latin-1, which loses nothing of ASCII. */
export function characterSetsOf(specific: string | undefined): CharacterSets {
  const terms = (specific ?? '').split('\\').map((term) => term.trim().replace(/^ISO[_ ](IR|2022 IR)[ _]/, ''));
  const [first = ''] = terms;
  return { encoding: encodings[first] ?? 'latin1', extended: terms.length > 1 || (specific ?? '').includes('2022') };
}

/** What an escape sequence switches to: which half of the code table, and how its bytes become an encoding of Node. */
interface Designation {
  readonly encoding: string;
  /** The set is designated to the low half: its bytes have their top bit clear and must be raised for the decoder. */
  readonly low: boolean;
  /** Prefix byte of each character in the decoder's encoding (EUC-JP's third set). */
  readonly prefix?: number;
}

const designations: Readonly<Record<string, Designation>> = {
  '(B': { encoding: 'latin1', low: false },
  '(J': { encoding: 'shift_jis', low: false },
  ')I': { encoding: 'shift_jis', low: false },
  '-A': { encoding: 'latin1', low: false },
  '-B': { encoding: 'iso-8859-2', low: false },
  '-C': { encoding: 'iso-8859-3', low: false },
  '-D': { encoding: 'iso-8859-4', low: false },
  '-L': { encoding: 'iso-8859-5', low: false },
  '-G': { encoding: 'iso-8859-6', low: false },
  '-F': { encoding: 'iso-8859-7', low: false },
  '-H': { encoding: 'iso-8859-8', low: false },
  '-M': { encoding: 'windows-1254', low: false },
  '-b': { encoding: 'iso-8859-15', low: false },
  '-T': { encoding: 'windows-874', low: false },
  $B: { encoding: 'euc-jp', low: true },
  '$(D': { encoding: 'euc-jp', low: true, prefix: 0x8f },
  '$)C': { encoding: 'euc-kr', low: false },
  '$)A': { encoding: 'gbk', low: false },
};

/** Decodes a text value; bytes that are impossible in their set become U+FFFD. */
export function decodeText(bytes: Uint8Array, { encoding, extended }: CharacterSets): string {
  if (!extended || !bytes.includes(0x1b)) return decodeBytes(bytes, encoding);
  let designation: Designation = { encoding, low: false };
  let decoded = '';
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at];
    // Line ends and the delimiters of values and of names go back to the first set.
    const resets = byte !== undefined && !designation.low && [0x0a, 0x0c, 0x0d, 0x5c, 0x5e, 0x3d].includes(byte);
    if (byte !== undefined && byte !== 0x1b && !resets) continue;
    decoded += decodeRun(bytes.subarray(start, at), designation);
    if (byte === undefined) break;
    start = at;
    if (resets) designation = { encoding, low: false };
    if (byte !== 0x1b) continue;
    const sequence = [3, 2].map((length) => String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length)));
    const known = sequence.find((candidate) => Object.hasOwn(designations, candidate));
    designation = known === undefined ? { encoding, low: false } : designations[known]!;
    at += known?.length ?? 0;
    start = at + 1;
  }
  return decoded;
}

function decodeRun(run: Uint8Array, { encoding, low, prefix }: Designation): string {
  if (!low) return decodeBytes(run, encoding);
  const raised: number[] = [];
  for (let at = 0; at < run.length; at += 2) {
    if (prefix !== undefined) raised.push(prefix);
    raised.push(...run.subarray(at, at + 2).map((byte) => byte | 0x80));
  }
  return decodeBytes(Uint8Array.from(raised), encoding);
}

/** One for each encoding: making one takes longer than most values. */
const decoders = new Map<string, TextDecoder>();

function decodeBytes(bytes: Uint8Array, encoding: string): string {
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder.decode(bytes);
}

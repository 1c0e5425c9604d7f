// Benchmark: import of generated DICOM files, against a plain loop over pydicom and Pillow that only decodes them.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { levels } from '../archive/synthetic.ts';
import { dicomStyles, element, encapsulated, part10 } from '../archive/write-dicom.ts';
import type { Measure } from './measure.ts';

/** The best of so many imports and of so many loops is told: whatever else the machine does only adds to a time. */
const rounds = 3;
/** Fewer while developing. */
const files = Number(process.env.RESIDUA_BENCH_FILES ?? 10_000);
const side = 512;
const slicesPerSeries = 100;
const repository = join(import.meta.dirname, '../..');

/** Imports as a person does, through the command line, then lets Python read the same files. */
export async function run(): Promise<readonly Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'residua-bench-'));
  const archive = join(folder, 'archive');
  try {
    await writeArchive(archive);
    // The files lie in memory for both sides, which take turns.
    const catalogs = Array.from({ length: rounds }, (_, round) => join(folder, `catalog-${round}`));
    const python: (number | string)[] = [];
    const imports: Import[] = [];
    for (const catalog of catalogs) {
      python.push(pythonSeconds(archive));
      imports.push(await timedImport(archive, catalog));
    }
    const own = Math.min(...imports.map(({ seconds }) => seconds));
    const loop = python.every((seconds) => typeof seconds === 'number') ? Math.min(...python) : undefined;
    const again = await timedImport(archive, catalogs[0]!);
    const memory = imports.flatMap((one) => one.memory.filter((bytes) => !Number.isNaN(bytes)));
    return [
      { name: `${files} DICOM files imported`, value: files / own, unit: '1/s', target: null },
      ...(loop === undefined
        ? [
            {
              name: 'decoded by pydicom and Pillow',
              value: Number.NaN,
              unit: '1/s',
              target: null,
              note: `${python[0]}`,
            },
          ]
        : [
            { name: 'decoded by pydicom and Pillow', value: files / loop, unit: '1/s', target: null },
            { name: 'import to pydicom and Pillow, time', value: own / loop, unit: '', target: 1 },
          ]),
      { name: 'imported again, nothing changed', value: files / again.seconds, unit: '1/s', target: null },
      { name: 'memory of all processes, highest', value: Math.max(...memory) / 2 ** 20, unit: 'MiB', target: null },
      {
        name: 'memory, last third to second third',
        value: Math.min(...imports.map((one) => growth(one.memory))),
        unit: '',
        target: 1.1,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Two CT slices of 16 bits for each radiograph in 8-bit JPEG, in series of a hundred. */
async function writeArchive(archive: string): Promise<void> {
  const noise = levels(side * side * 2 + files);
  for (let at = 0; at < files; at++) {
    const series = Math.floor(at / slicesPerSeries);
    const folder = join(archive, `patient-${series}`);
    if (at % slicesPerSeries === 0) await mkdir(folder, { recursive: true });
    const image = at % 3 < 2 ? slice(noise, at) : await radiograph(noise, at);
    await writeFile(join(folder, `${at}.dcm`), dicom(image, series, at));
  }
}

interface Pixels {
  readonly syntax: string;
  readonly bits: 8 | 16;
  readonly data: Buffer;
}

/** A disc of soft tissue with noise; its radius depends on the file. */
function slice(noise: Uint8Array, at: number): Pixels {
  const values = new Int16Array(side * side);
  const radius = 120 + (at % 100);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const inside = (x - side / 2) ** 2 + (y - side / 2) ** 2 < radius ** 2;
      values[y * side + x] = (inside ? 1064 : 24) + (noise[at + y * side + x]! >> 3);
    }
  }
  return { syntax: '1.2.840.10008.1.2.1', bits: 16, data: Buffer.from(values.buffer) };
}

async function radiograph(noise: Uint8Array, at: number): Promise<Pixels> {
  const values = Uint8Array.from(
    { length: side * side },
    (_, index) => (index >> 10) * 0.6 + (at % 64) + (noise[at + index]! >> 5),
  );
  const jpeg = await sharp(values, { raw: { width: side, height: side, channels: 1 } })
    .toColourspace('b-w')
    .jpeg({ quality: 90 })
    .toBuffer();
  return { syntax: '1.2.840.10008.1.2.4.50', bits: 8, data: jpeg };
}

function dicom({ syntax, bits, data }: Pixels, series: number, at: number): Buffer {
  const style = { ...dicomStyles[0]!, syntax };
  const text = (tag: number, representation: string, value: string) => element(style, tag, representation, value);
  const short = (tag: number, value: number) => element(style, tag, 'US', new Uint8Array(Uint16Array.of(value).buffer));
  const plain = bits === 16;
  return part10(
    style,
    Buffer.concat([
      text(0x0008_0016, 'UI', plain ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.1.1'),
      text(0x0008_0018, 'UI', `2.25.${series}.${at}`),
      text(0x0008_0060, 'CS', plain ? 'CT' : 'CR'),
      text(0x0010_0010, 'PN', `Phantom^${series}`),
      text(0x0010_0020, 'LO', `P${series}`),
      text(0x0018_0015, 'CS', 'ABDOMEN'),
      text(0x0020_000d, 'UI', `2.25.${series}`),
      text(0x0020_000e, 'UI', `2.25.${series}.${plain ? 1 : 2}`),
      text(0x0020_0013, 'IS', `${at}`),
      text(0x0020_0032, 'DS', `0\\0\\${at % slicesPerSeries}`),
      text(0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0'),
      short(0x0028_0002, 1),
      text(0x0028_0004, 'CS', 'MONOCHROME2'),
      short(0x0028_0010, side),
      short(0x0028_0011, side),
      text(0x0028_0030, 'DS', '0.7\\0.7'),
      short(0x0028_0100, bits),
      short(0x0028_0101, bits),
      short(0x0028_0102, bits - 1),
      short(0x0028_0103, plain ? 1 : 0),
      text(0x0028_1050, 'DS', plain ? '1074' : '128'),
      text(0x0028_1051, 'DS', plain ? '350' : '256'),
      plain ? element(style, 0x7fe0_0010, 'OW', data) : encapsulated(data),
    ]),
  );
}

/** Seconds of the loop from the start of Python to its end, as those of the import, or why it could not run. */
function pythonSeconds(archive: string): number | string {
  const began = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/python3', [join(import.meta.dirname, 'import.py'), archive], {
    encoding: 'utf8',
  });
  return status === 0
    ? (performance.now() - began) / 1000
    : `import.py failed: ${stderr?.trim().split('\n').at(-1)} (Debian's python3-pydicom and python3-pil are needed)`;
}

interface Import {
  /** From the start of the command to its end. */
  readonly seconds: number;
  /** Of all its processes, five times a second, in bytes. */
  readonly memory: readonly number[];
}

async function timedImport(archive: string, catalog: string): Promise<Import> {
  const began = performance.now();
  const main = join(repository, 'src-main/cli/launch.mjs');
  const child = spawn(process.execPath, [main, 'import', archive, '--catalog', catalog], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const memory: number[] = [];
  const timer = setInterval(() => {
    memory.push(residentBytes(child.pid!));
  }, 200);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (code !== 0) throw new Error(`residua import ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, memory };
}

/** Memory of a process and of all below it, in bytes; NaN where there is no /proc. */
function residentBytes(id: number): number {
  try {
    const statm = readFileSync(`/proc/${id}/statm`, 'utf8');
    // Node starts processes from its main thread. To ask all threads would take a core a twentieth of its time.
    const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean);
    const below = children.map((child) => residentBytes(Number(child)));
    return below.reduce((sum, bytes) => sum + (bytes || 0), Number(statm.split(' ')[1]) * 4096);
  } catch {
    return Number.NaN;
  }
}

/** How much higher the highest memory is in the last third than in the second: 1 for an import that keeps nothing. */
function growth(memory: readonly number[]): number {
  const third = Math.floor(memory.length / 3);
  const highest = (from: number, to: number) =>
    Math.max(...memory.slice(from, to).filter((bytes) => !Number.isNaN(bytes)));
  return highest(2 * third, memory.length) / highest(third, 2 * third);
}

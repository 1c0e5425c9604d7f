// Generated radiograph-like images with burned-in text: sizes, fonts, contrasts, rotations and compressions, seeded.

import { createRequire } from 'node:module';
import sharp from 'sharp';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';

/** An image, and of each line of text the pixels that its ink covers by half or more. */
export interface TextImage extends GreyImage {
  readonly lines: readonly TextLine[];
  readonly compression: Compression;
}

export interface TextLine {
  readonly text: string;
  /** Pixels of the font's em square. */
  readonly size: number;
  readonly font: string;
  readonly degrees: number;
  readonly contrast: number;
  readonly ink: readonly number[];
}

const compressions = ['none', 'JPEG 90', 'JPEG 70', 'JPEG 50', 'JPEG 2000 at 1:10', 'JPEG 2000 at 1:25'] as const;
type Compression = (typeof compressions)[number];

const fonts = [
  'DejaVu Sans',
  'DejaVu Sans Mono',
  'DejaVu Serif',
  'Liberation Sans',
  'Liberation Serif',
  'Liberation Mono',
];
const sizes = [11, 12, 14, 16, 18, 22, 26, 30, 40, 56];
const degrees = [0, 0, 0, 0, 90, 270, 3, -4, 12, -15];
const names = [
  'DOE^JOHN',
  'Müller, Anna',
  'SMITH MARY J',
  'García López',
  'O’Brien, P.',
  'NGUYEN THI HOA',
  'Kowalski Jan',
];

/** Mulberry32: uniform in 0..1. */
export function uniformOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The image of a number: the same on every machine with the same fonts. */
export async function textImage(index: number): Promise<TextImage> {
  const uniform = uniformOf(7919 * index + 17);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(uniform() * values.length)]!;
  const [width, height] = pick([
    [512, 512],
    [640, 768],
    [900, 1100],
    [1024, 1024],
    [1500, 1250],
  ] as const);
  const levels = radiograph(width, height, uniform);
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(uniform() * 10)).join('');
  const two = (most: number) => String(1 + Math.floor(uniform() * most)).padStart(2, '0');
  const texts = [
    () => pick(names),
    () => `${1930 + Math.floor(uniform() * 90)}-${two(12)}-${two(28)}`,
    () => `${two(28)}.${two(12)}.19${digits(2)} ${two(23)}:${two(59)}`,
    () => `ID ${digits(7)}`,
    () => `MRN: ${digits(8)}`,
    () => digits(6),
  ];
  const lines: TextLine[] = [];
  const taken: { left: number; top: number; right: number; bottom: number }[] = [];
  const wanted = 1 + Math.floor(uniform() * 3);
  for (let attempt = 0; attempt < 30 && lines.length < wanted; attempt++) {
    const line = { text: pick(texts)(), size: pick(sizes), font: pick(fonts), degrees: pick(degrees) };
    const { data, info } = await rendered(line);
    if (info.width > width - 8 || info.height > height - 8) continue;
    const left = 4 + Math.floor(uniform() * (width - info.width - 8));
    const top = 4 + Math.floor(uniform() * (height - info.height - 8));
    const box = { left: left - 12, top: top - 12, right: left + info.width + 12, bottom: top + info.height + 12 };
    const free = taken.every(
      (other) =>
        box.left >= other.right || other.left >= box.right || box.top >= other.bottom || other.top >= box.bottom,
    );
    if (!free) continue;
    taken.push(box);
    let sum = 0;
    for (let y = 0; y < info.height; y++)
      for (let x = 0; x < info.width; x++) sum += levels[(top + y) * width + left + x]!;
    const under = sum / (info.width * info.height);
    // As viewers and devices write: white or black, or a grey that differs enough to be read.
    const contrast = pick([255, 255, 120, 80]);
    const level = Math.max(0, Math.min(255, under > 150 ? under - contrast : under + contrast));
    const ink: number[] = [];
    for (let y = 0; y < info.height; y++)
      for (let x = 0; x < info.width; x++) {
        const alpha = data[(y * info.width + x) * info.channels + 3]! / 255;
        const at = (top + y) * width + left + x;
        levels[at] = levels[at]! * (1 - alpha) + level * alpha;
        if (alpha >= 0.5) ink.push(at);
      }
    lines.push({ ...line, contrast: Math.round(Math.abs(level - under)), ink });
  }
  const compression = compressions[index % compressions.length]!;
  const plain = Uint8Array.from(levels, (level) => Math.round(level));
  return { width, height, data: await compressed(plain, width, height, compression), lines, compression };
}

/** Lungs, heart, ribs and spine in rough outline, of the levels and the noise of a chest radiograph. */
export function radiograph(width: number, height: number, uniform: () => number): Float32Array {
  const levels = new Float32Array(width * height);
  const [tilt, ribs, base, noise] = [
    uniform() * 0.1 - 0.05,
    9 + uniform() * 4,
    130 + uniform() * 50,
    2 + uniform() * 8,
  ];
  const blob = (x: number, y: number, cx: number, cy: number, rx: number, ry: number) =>
    1 / (1 + Math.exp(12 * (Math.hypot((x - cx) / rx, (y - cy) / ry) - 1)));
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [x, y] = [column / width - 0.5 + tilt * (row / height - 0.5), row / height];
      const body = blob(x, y, 0, 0.62, 0.47, 0.62);
      const lungs = blob(x, y, -0.2, 0.45, 0.16, 0.32) + blob(x, y, 0.2, 0.45, 0.16, 0.32);
      const heart = blob(x, y, 0.07, 0.6, 0.16, 0.17);
      const spine = Math.exp(-((x / 0.035) ** 2)) * (1 + 0.25 * Math.sin(y * 70));
      const rib =
        Math.max(0, Math.sin(ribs * 2 * Math.PI * (y + 0.9 * x * x)) - 0.6) * 60 * body * Math.min(1, lungs + 0.3);
      const level = 12 + base * body - 95 * lungs * (1 - 0.8 * heart) + 35 * heart + 30 * spine * body + rib;
      const gaussian = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
      levels[row * width + column] = Math.max(0, Math.min(255, level + noise * gaussian));
    }
  return levels;
}

async function rendered({ text, size, font, degrees: turn }: Pick<TextLine, 'text' | 'size' | 'font' | 'degrees'>) {
  const side = Math.ceil(size * text.length * 0.9 + 2 * size);
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><text x="50%" y="50%" text-anchor="middle" font-family="${font}" font-size="${size}px" fill="#fff" transform="rotate(${turn} ${side / 2} ${side / 2})">${escaped}</text></svg>`;
  return sharp(Buffer.from(svg))
    .trim({ background: '#0000', threshold: 0 })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
}

async function compressed(levels: Uint8Array, width: number, height: number, compression: Compression) {
  if (compression === 'none') return levels;
  const [kind, ratio] = [compression.startsWith('JPEG 2000'), Number(/\d+$/.exec(compression)![0])];
  if (kind) return throughJpeg2000(levels, width, height, ratio);
  const jpeg = await sharp(levels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: ratio })
    .toBuffer();
  return new Uint8Array(await sharp(jpeg).toColourspace('b-w').raw().toBuffer());
}

async function throughJpeg2000(levels: Uint8Array, width: number, height: number, ratio: number): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const openjpeg = await require('@cornerstonejs/codec-openjpeg')();
  const encoder = new openjpeg.J2KEncoder();
  const decoder = new openjpeg.J2KDecoder();
  try {
    const frame = { width, height, bitsPerSample: 8, componentCount: 1, isSigned: false };
    encoder.getDecodedBuffer(frame).set(levels);
    encoder.setQuality(false, 0);
    encoder.setDecompositions(5);
    encoder.setCompressionRatio(0, ratio);
    encoder.encode();
    const stream = encoder.getEncodedBuffer();
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    return new Uint8Array(decoder.getDecodedBuffer());
  } finally {
    encoder.delete();
    decoder.delete();
  }
}

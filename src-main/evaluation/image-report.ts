// The report about some images: pictures, scores, reasons, maps and where they come from, without saying whose they are.
import { colourTable } from '../../src-preload/colour-maps.ts';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import { importedKind } from '../catalog/tables/imported-scores.ts';
import { version } from '../platform/version.ts';
import { embeddedPng, escaped, htmlPage, htmlTable } from './html.ts';

/** A score map of an image, [height, width]. */
export interface ReportedMap {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** What is said of an image. Texts that people wrote may name somebody: they are given only where they were asked for. */
export interface ReportedImage {
  readonly detail: ImageDetail;
  readonly picture: { readonly png: Uint8Array } | { readonly withheld: string };
  readonly maps: readonly ReportedMap[];
  readonly texts: boolean;
}

/** A run that scores come from. */
export interface ReportedRun {
  readonly id: number;
  readonly kind: string;
  readonly startedAt: string | null;
  /** Versions, device and network, as far as they are known. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * HTML without scripts and without anything loaded. Images are named by their number in the catalog, never by their file, patient or series. `remark`: what
 * the person says who makes the report.
 */
export async function imageReport(
  images: readonly ReportedImage[],
  runs: readonly ReportedRun[],
  remark: string | null,
): Promise<string> {
  const kindOf = new Map(runs.map(({ id, kind }) => [id, kind]));
  const sections = [
    `<h1>${images.length === 1 ? `Image ${images[0]!.detail.row.id}` : `${images.length} images`}</h1>
<p class="remark">Residua ${escaped(version)}, ${new Date().toISOString()}. Research use only: not a medical device.</p>`,
    ...(remark === null ? [] : [`<p>${escaped(remark).replaceAll('\n', '<br>')}</p>`]),
    ...(await Promise.all(images.map((image) => section(image, kindOf)))),
    `<h2>Where the scores come from</h2>${htmlTable(
      ['run', 'kind', 'begun', 'how'],
      runs.map(({ id, kind, startedAt, facts }) => [
        ...[`${id}`, kind, startedAt ?? ''],
        Object.entries(facts)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n'),
      ]),
    )}`,
  ];
  return htmlPage('Residua: report', sections.join('\n'));
}

/** A code string of DICOM: what is not one is a text that somebody typed. */
const codeString = /^[A-Z0-9 _]{1,16}$/;

async function section(
  { detail, picture, maps, texts }: ReportedImage,
  kindOf: ReadonlyMap<number, string>,
): Promise<string> {
  const { row, scores, verdicts, annotations } = detail;
  const figures = [
    'png' in picture
      ? `<figure>${embeddedPng(picture.png, `image ${row.id}`)}<figcaption>as shown</figcaption></figure>`
      : `<p class="remark">${escaped(picture.withheld)}</p>`,
    ...(await Promise.all(maps.map(mapFigure))),
  ];
  // The one in force: a blind or merged verdict is its reader's own.
  const verdict = verdicts.find(({ role }) => role === 'open' || role === 'adjudicated');
  const facts: readonly (readonly [string, string | null])[] = [
    ['why', row.why],
    ['verdict', verdict?.decision == null ? null : `${verdict.decision}, ${verdict.time}`],
    ['reason of the verdict', texts ? (verdict?.reason ?? null) : null],
    ['kind', texts ? row.kind : null],
    ['tags', texts && row.tags.length > 0 ? row.tags.join(', ') : null],
    [
      'modality',
      [row.modality, row.bodyPart, row.view]
        .filter((part) => part !== null && (texts || codeString.test(part)))
        .join(', '),
    ],
    ['size', `${row.width} x ${row.height}${row.frames > 1 ? `, frame ${row.frame + 1} of ${row.frames}` : ''}`],
    ['annotated anomalies', annotations.length === 0 ? null : `${annotations.length}`],
  ];
  const known = facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value]]));
  const values = scores.map(({ name, value, reason }) => [
    ...[
      texts || kindOf.get(name.run) !== importedKind ? name.score : 'imported score',
      `${name.run}`,
      value === null ? (reason === null ? '' : 'none') : String(Number(value.toPrecision(4))),
    ],
  ]);
  return `<section class="image"><h2>Image ${row.id}</h2><div class="images">${figures.join('')}</div>
${htmlTable(['fact', 'value'], known)}${values.length === 0 ? '' : htmlTable(['score', 'run', 'value'], values)}</section>`;
}

/** Pixels of a place of a map, so that it is seen on paper. */
const enlarged = 8;

/** A map in inferno from its lowest to its highest value. */
async function mapFigure({ name, width, height, values }: ReportedMap): Promise<string> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const table = colourTable('inferno');
  const scale = high > low ? 255 / (high - low) : 0;
  const [wide, tall] = [width * enlarged, height * enlarged];
  const pixels = new Uint8Array(wide * tall * 3);
  for (let y = 0; y < tall; y++) {
    for (let x = 0; x < wide; x++) {
      const value = values[Math.floor(y / enlarged) * width + Math.floor(x / enlarged)]!;
      pixels.set(table[Math.max(0, Math.min(255, Math.round((value - low) * scale)))]!, (y * wide + x) * 3);
    }
  }
  const caption = `${name}, ${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}`;
  return `<figure>${embeddedPng(await encodePng(wide, tall, 3, pixels), `map of ${name}`)}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

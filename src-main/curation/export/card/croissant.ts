// The data card for programs: Croissant 1.0 (JSON-LD), https://docs.mlcommons.org/croissant/docs/croissant-spec.html.
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { StagedFile } from '../staging-folder.ts';
import { type CardFacts, notKnown } from './card-facts.ts';

export const croissantName = 'croissant.json';

/** Appendix 1 of the specification, with the prefixes that it uses. */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  cr: 'http://mlcommons.org/croissant/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  fileProperty: 'cr:fileProperty',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  rai: 'http://mlcommons.org/croissant/RAI/',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
} as const;

/** By the ending of a file. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.tif': 'image/tiff',
  '.dcm': 'application/dicom',
  '.nii': 'application/x-nifti',
  '.gz': 'application/gzip',
  '.npy': 'application/x-npy',
  '.zip': 'application/zip',
  '.parquet': 'application/vnd.apache.parquet',
};
const mediaTypeOf = (path: string): string => mediaTypes[extname(path)] ?? 'application/octet-stream';

/** Columns of manifest.csv that are no text. */
const numbers: Readonly<Record<string, string>> = { image: 'sc:Integer', frame: 'sc:Integer' };
const dataTypeOf = (column: string, scores: readonly string[]): string =>
  numbers[column] ?? (scores.includes(column) ? 'sc:Float' : 'sc:Text');

/** Score columns have spaces in their names, which mlcroissant does not allow in identifiers; different columns must keep different identifiers. */
const fieldId = (column: string, index: number): string =>
  /^\w+$/.test(column) ? `manifest/${column}` : `manifest/${column.replaceAll(/\W+/g, '_')}-${index}`;

/** A URN of the content (a UUID of version 8), for a data set that has no page of its own. */
function urnOf(files: readonly StagedFile[]): string {
  const digest = createHash('sha256').update(files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join(''));
  const bytes = digest.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `urn:uuid:${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}

/**
 * The text of `croissant.json` about the files written so far, manifest.csv among them. The images are a file set of the
 * folder (mlcroissant reads none that a table contains); all other files are listed one by one. `columns`: those of manifest.csv.
 */
export function croissant(facts: CardFacts, files: readonly StagedFile[], columns: readonly string[]): string {
  const { card, at, images, program } = facts;
  const inFolder = (path: string) => /^[^/]+(?=\/)/.exec(path)?.[0];
  const folders = [...new Set(files.flatMap(({ path }) => inFolder(path) ?? []))].filter(
    (folder) => folder !== 'tables',
  );
  const single = files.filter(({ path }) => !folders.includes(inFolder(path) ?? ''));
  const name = card.name ?? 'Images exported by Residua';
  const description = card.description ?? `${images} images exported by ${program}; data-card.md says what they are.`;
  const whole = {
    '@context': context,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    name,
    description,
    license: card.licence ?? 'no licence was stated: ask who made this data set',
    url: card.url ?? urnOf(files),
    creator: { '@type': 'sc:Organization', name: card.creator ?? program },
    datePublished: at.slice(0, 10),
    dateCreated: at,
    version: '1.0.0',
    keywords: [
      'medical imaging',
      ...facts.composition[0]![1].map(([modality]) => modality).filter((modality) => modality !== notKnown),
    ],
    isLiveDataset: false,
    distribution: [
      ...single.map(({ path, sha256, size }) => ({
        ...{ '@type': 'cr:FileObject', '@id': path, name: path, contentUrl: path, contentSize: `${size} B` },
        ...{ encodingFormat: mediaTypeOf(path), sha256 },
      })),
      ...folders.map((folder) => {
        const endings = new Set(
          files.filter(({ path }) => inFolder(path) === folder).map(({ path }) => mediaTypeOf(path)),
        );
        return {
          ...{ '@type': 'cr:FileSet', '@id': folder, name: folder },
          ...{ encodingFormat: endings.size === 1 ? [...endings][0] : [...endings], includes: `${folder}/**` },
        };
      }),
    ],
    recordSet: [
      {
        ...{ '@type': 'cr:RecordSet', '@id': 'manifest', name: 'manifest', key: { '@id': 'manifest/image' } },
        description: 'One record for each image: its number, its file, its verdict and its scores.',
        field: columns.map((column, index) => ({
          ...{ '@type': 'cr:Field', '@id': fieldId(column, index), name: column },
          dataType: dataTypeOf(column, facts.scores),
          source: { fileObject: { '@id': 'manifest.csv' }, extract: { column } },
        })),
      },
    ],
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

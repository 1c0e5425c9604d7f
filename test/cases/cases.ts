// Unpacks a case of inputs.zip into a temporary folder, and reads it: as images, or as the volumes of dicom-to-nifti.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { DecodedImage } from '../../src-main/archive/decoded-image.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { displayValues, modalityValues, toBytes } from '../../src-main/archive/grey.ts';
import { readNiftiVolume } from '../../src-main/archive/nifti/volume.ts';
import { pixelFingerprint } from '../../src-main/archive/pixel-fingerprint.ts';
import { dicomToNifti } from '../../src-main/archive/preparation/dicom-to-nifti.ts';
import type { ImageReader, PreparationReport } from '../../src-main/archive/preparation/preparation.ts';
import { walk } from '../../src-main/archive/walk.ts';
import { ZipArchive } from '../../src-main/archive/zip-archive.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';

const inputs = fileURLToPath(new URL('inputs.zip', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'residua-cases-'));
afterAll(() => rmSync(root, { recursive: true }));
let counter = 0;

/** An empty folder that goes with the tests. */
export function emptyFolder(): string {
  const folder = join(root, String(counter++));
  mkdirSync(folder);
  return folder;
}

/** The files of the case that `slug` begins, in a folder of their own. */
export async function caseFolder(slug: string): Promise<string> {
  const folder = emptyFolder();
  const zip = await ZipArchive.openFile(inputs, 'inputs.zip');
  const names = [...zip.entries.keys()].filter((name) => name.startsWith(`${slug}-`));
  if (names.length === 0) throw new Error(`no case ${slug}`);
  for (const name of names) {
    const path = join(folder, ...name.split('/').slice(1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await zip.read(name));
  }
  await zip.close();
  return folder;
}

/** A frame as an import sees it. */
export interface CaseImage extends DecodedImage {
  readonly path: string;
}

export interface CaseImages {
  readonly images: readonly CaseImage[];
  /** Why files were left out. */
  readonly refused: readonly string[];
  /** What was odd about those that were read, each once. */
  readonly notes: readonly string[];
}

/** Every frame below `folder`. */
export async function imagesIn(folder: string): Promise<CaseImages> {
  const reader = new EntryReader();
  const images: CaseImage[] = [];
  const refused: string[] = [];
  for await (const item of walk(folder, { ...quiet, listedIn: null })) {
    if (item.kind === 'refused') {
      refused.push(inWords(item.problem));
      continue;
    }
    try {
      const file = await openImageFile(await reader.read(item.entry));
      for (let index = 0; index < file.frameCount; index++)
        images.push({ ...(await file.frame(index)), path: item.entry.path });
    } catch (error) {
      refused.push(inWords(error));
    }
  }
  await reader.close();
  return { images, refused, notes: [...new Set(images.flatMap(({ warnings }) => warnings))] };
}

export const imagesOf = async (slug: string): Promise<CaseImages> => imagesIn(await caseFolder(slug));

/** Modality values of an image; what a NIfTI export holds. */
export const valuesOf = (image: DecodedImage): number[] => Array.from(modalityValues(image));

/** 8-bit levels of an image as shown; what a PNG export holds. */
export const shown = (image: DecodedImage): Uint8Array => toBytes(displayValues(image));

const entries = new EntryReader();
afterAll(() => entries.close());

/** Opens files in this process. */
const reader: ImageReader = {
  async describe(entry) {
    const file = await openImageFile(await entries.read(entry));
    const images = await Promise.all(Array.from({ length: file.frameCount }, (_, index) => file.frame(index)));
    return {
      format: file.format,
      frames: images.map((image) => ({ image, pixelFingerprint: pixelFingerprint(image) })),
    };
  },
  frame: async (entry, index) => ({ image: await (await openImageFile(await entries.read(entry))).frame(index) }),
  listed: () => Promise.resolve([]),
};

export interface CaseVolume {
  readonly name: string;
  readonly shape: readonly number[];
  /** The voxel [8, 8] of each slice, which no case marks. */
  readonly middle: readonly number[];
  readonly voxelSize: readonly number[];
}

/** What dicom-to-nifti makes of a case. */
export async function volumesOf(
  slug: string,
): Promise<PreparationReport & { readonly volumes: readonly CaseVolume[] }> {
  const outDir = emptyFolder();
  const report = await dicomToNifti({ inDir: await caseFolder(slug), outDir }, reader, quiet);
  const volumes: CaseVolume[] = [];
  for (const name of (await readdir(outDir)).sort()) {
    const { header, voxels } = await readNiftiVolume({ name, bytes: await readFile(join(outDir, name)) });
    const [width, height, depth] = header.shape as [number, number, number];
    const middle = Array.from({ length: depth }, (_, slice) => voxels[8 + width * (8 + height * slice)]!);
    volumes.push({ name, shape: header.shape, middle, voxelSize: header.voxelSize.map((size) => Math.fround(size)) });
  }
  return { ...report, volumes };
}

// Export: copies images and a manifest into a new folder, which appears only when it is complete.
import { z } from 'zod';
import { exportFormatNames } from '../export-formats.ts';
import { filter, id, label, path, scoreName, selection } from '../schemas/image.ts';
import type { Output } from '../schemas/read-only.ts';
import { jobFacts } from './job-facts.ts';

const exportFormat = z.enum(exportFormatNames);
/** PS3.15 Annex E; dates are shifted by patient when they are retained. */
const deidentification = z.strictObject({
  retainDates: z.boolean(),
  retainDevice: z.boolean(),
  /** Images that a person has looked at and found free of text about the patient. */
  reviewed: z.array(id),
});

const cardText = label.nullable().default(null);
/** What the user says about the data set, for its data card. */
const dataCard = z.strictObject({
  name: cardText,
  description: z.string().trim().min(1).max(2000).nullable().default(null),
  /** An SPDX identifier, a URL, or the terms in words. */
  licence: cardText,
  creator: cardText,
  /** The page of the data set. */
  url: z.url().max(2000).nullable().default(null),
});
export type DataCard = Output<typeof dataCard>;
export const noCard: DataCard = dataCard.parse({});

/** Cohorts by what they are for. */
const splits = z.strictObject({
  train: id.nullable().default(null),
  validation: id.nullable().default(null),
  test: id.nullable().default(null),
});
export type Splits = Output<typeof splits>;
export const noSplits: Splits = splits.parse({});

export const exportFacts = jobFacts({
  kind: 'export',
  title: 'Export',
  help: 'copies images and a manifest into a new folder, which appears only when it is complete',
  parameters: z.strictObject({
    target: path,
    images: z.union([
      selection,
      z.strictObject({ filter, score: scoreName, where: z.enum(['below', 'above']), threshold: z.number() }),
      z.strictObject({ filter, score: scoreName, where: z.enum(['top', 'bottom']), count: z.int().positive() }),
    ]),
    /** Columns of the manifest. */
    scores: z.array(scoreName).default([]),
    /** Columns of metadata in the manifest, by name. Of a DICOM attribute what de-identification leaves. */
    columns: z.array(label).max(50).default([]),
    format: exportFormat.default('original'),
    /** Null: identities stay, as somebody has decided. */
    deidentification: deidentification.nullable().default({ retainDates: false, retainDevice: false, reviewed: [] }),
    /** Whose recipe makes the images of a `dataset`. */
    model: id.nullable().default(null),
    card: dataCard.default(noCard),
    /** Masks and score maps as DICOM SEG, verdicts as key objects, beside DICOM images. */
    dicomResults: z.boolean().default(false),
    splits: splits.default(noSplits),
    /** Leave out images whose file is not there; else such an export fails, naming them. */
    withoutMissing: z.boolean().default(false),
    reviewer: label,
  }),
});

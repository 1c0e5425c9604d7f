// What the catalog keeps of a slice for the question which slices make one volume: plain data in the column `geometry`.
import { z } from 'zod';
import type { Frame, Geometry } from '../archive/decoded-image.ts';
import type { Slice } from '../archive/dicom/series.ts';
import type { StackSlice } from '../catalog/tables/scans.ts';

/** What is kept beside the geometry; catalogs made by earlier versions have none of it. */
const facts = z.object({
  frameOfReference: z.string().optional(),
  patientHash: z.string().optional(),
  rescale: z
    .object({
      slope: z.number(),
      intercept: z.number(),
      unknown: z.string().exactOptional(),
      absent: z.literal(true).exactOptional(),
    })
    .optional(),
});

/** As `ImportedImage.geometry`; undefined for an image without a place. */
export function storedFacts({ geometry, metadata, rescale }: Pick<Frame, 'geometry' | 'metadata' | 'rescale'>) {
  if (geometry.position === undefined) return undefined;
  const { frameOfReferenceUid: frameOfReference, patientHash } = metadata;
  // JSON leaves out what is undefined.
  return { ...geometry, frameOfReference, patientHash, rescale };
}

/** The slice as grouping takes it. */
export function sliceOf(row: StackSlice): Slice & Pick<StackSlice, 'id' | 'scan'> {
  const { geometry, patient, study, series, instance, pixelFingerprint, ...rest } = row;
  const { frameOfReference, patientHash, rescale } = facts.parse(geometry);
  const known = { patientId: patient, studyUid: study, seriesUid: series, instanceUid: instance };
  const texts = { ...known, frameOfReferenceUid: frameOfReference, patientHash };
  const metadata = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== null && text !== undefined));
  return {
    ...rest,
    geometry: geometry as Geometry,
    metadata,
    pixelFingerprint: pixelFingerprint ?? undefined,
    rescale,
  };
}

// What the catalog stores, as the contract tells it to faces.

import type { Model as ContractModel } from '../../src-preload/schemas/catalog.ts';
import type { Frame, ImageDetail } from '../../src-preload/schemas/image.ts';
import type { Run as ContractRun } from '../../src-preload/schemas/run.ts';
import type { DecodedImage } from '../archive/decoded-image.ts';
import { modalityValues } from '../archive/grey.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { cohortsOf } from '../catalog/tables/cohorts.ts';
import { imageRecord, imageRows } from '../catalog/tables/images.ts';
import { annotationsOf } from '../catalog/tables/marks.ts';
import type { Model } from '../catalog/tables/models.ts';
import type { Run } from '../catalog/tables/runs.ts';
import { boxesOf, patchesOf, scoresOf } from '../catalog/tables/scores.ts';
import { verdictsOf } from '../catalog/tables/verdicts.ts';
import { unjudgedText } from '../curation/annotations/judge-text.ts';
import { constructionOf } from '../holdings/models.ts';

export function toRun(run: Run): ContractRun {
  const { id, kind, state, title, createdAt, startedAt, endedAt, reason, done, skipped, total } = run;
  const { summary, alerts } = run.provenance;
  return {
    ...{ id, kind, state, title, createdAt, startedAt, endedAt, reason, done, skipped, total },
    summary: typeof summary === 'string' ? summary : null,
    alerts: Array.isArray(alerts) ? alerts.filter((line) => typeof line === 'string') : [],
  };
}

/** Everything about one image. Throws `missing`. */
export function toImageDetail(catalog: Catalog, id: number): ImageDetail {
  const record = imageRecord(catalog, id);
  const scores = scoresOf(catalog, id);
  return {
    row: imageRows(catalog, [id])[0]!,
    reason: record.reason,
    warnings: record.warnings,
    sha256: record.sha256,
    importedAt: record.importedAt,
    patient: record.patient,
    series: record.series,
    scores: scores.map(({ run, score, value, reason }) => ({ name: { run, score }, value, reason })),
    patches: scores.flatMap(({ run, score }) =>
      patchesOf(catalog, id, { run, score }).map(({ rank, value, x, y, size }) => ({
        name: { run, score },
        rank,
        value,
        rectangle: { x, y, width: size, height: size },
      })),
    ),
    boxes: scores.flatMap(({ run, score }) =>
      boxesOf(catalog, id, { run, score }).map(({ rank, value, ...rectangle }) => ({
        name: { run, score },
        rank,
        value,
        rectangle,
      })),
    ),
    unjudgedText: unjudgedText(catalog, id).filter((box) => box.image === id).length,
    verdicts: verdictsOf(catalog, id).map(({ decision, reason, reviewer, at, role }) => ({
      ...{ decision, reason, reviewer, role },
      time: at,
    })),
    annotations: annotationsOf(catalog, [id]).map(({ id, x, y, width, height, label, reviewer, at }) => ({
      id,
      rectangle: { x, y, width, height },
      label,
      reviewer,
      time: at,
    })),
    cohorts: cohortsOf(catalog, id),
  };
}

/** A decoded frame as the viewer takes it; a lookup table of the modality is applied, since values are linear there. */
export function toFrame(image: DecodedImage): Frame {
  const { width, height, channels, photometric, windows, geometry, rescale, modalityLut } = image;
  const { spacing } = geometry;
  return {
    width,
    height,
    channels,
    samples: modalityLut === undefined ? image.samples : modalityValues(image),
    slope: modalityLut === undefined ? rescale.slope : 1,
    intercept: modalityLut === undefined ? rescale.intercept : 0,
    inverted: photometric === 'MONOCHROME1',
    windows: windows.map(({ explanation, center, width }) => ({ name: explanation ?? '', center, width })),
    spacing: spacing === undefined ? null : [spacing.row, spacing.column],
  };
}

/** Throws `content` when the row says nothing about the network. */
export function toModel(model: Model): ContractModel {
  const { id, name, sha256, importedAt } = model;
  return { id, name, sha256, ...constructionOf(model), importedAt };
}

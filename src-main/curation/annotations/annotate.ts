// Rectangles of true anomalies: drawn or taken away by a reviewer, each step in the audit log with the whole rectangle.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { imageRecord } from '../../catalog/tables/images.ts';
import { type Annotation, addAnnotation, annotationOf, removeAnnotation } from '../../catalog/tables/marks.ts';
import { Problem } from '../../platform/errors.ts';

/** Name of the audit event of every annotation. */
export const annotationEvent = 'annotation';

/**
 * Adds an annotation and gives its id; `importedBy` brings it in, when that is not its reviewer. Throws `missing` without
 * the image and `usage` for a rectangle that leaves it.
 */
export function annotate(
  catalog: Catalog,
  annotation: Omit<Annotation, 'id'>,
  importedBy: string = annotation.reviewer,
): number {
  const { image, x, y, width, height } = annotation;
  return catalog.transaction(() => {
    const record = imageRecord(catalog, image);
    if (x < 0 || y < 0 || !(width > 0) || !(height > 0) || x + width > record.width || y + height > record.height) {
      throw new Problem('usage', { message: `an annotation must lie in its image, here image ${image}` });
    }
    const id = addAnnotation(catalog, annotation);
    const { at, ...details } = annotation;
    appendAudit(catalog, { at, actor: importedBy, event: annotationEvent, details: { kind: 'add', id, ...details } });
    return id;
  });
}

/** Takes an annotation away; the audit log keeps what it was. `own`: only one of this reviewer. Throws `missing`. */
export function takeAway(
  catalog: Catalog,
  id: number,
  { reviewer, at, own = false }: Pick<Annotation, 'reviewer' | 'at'> & { readonly own?: boolean },
): void {
  catalog.transaction(() => {
    const annotation = annotationOf(catalog, id);
    if (own && annotation.reviewer !== reviewer) throw new Problem('missing', { what: 'annotation', name: String(id) });
    removeAnnotation(catalog, id);
    appendAudit(catalog, { at, actor: reviewer, event: annotationEvent, details: { kind: 'remove', ...annotation } });
  });
}

// The contents of the four panes, recomputed only where they change: layers, rectangles, colour ranges.
import { useMemo } from 'react';
import type { Frame, ImageDetail } from '../../src-preload/schemas/image.ts';
import type { Mark } from './paint.ts';
import {
  extremes,
  frameLayer,
  type Layer,
  mapLayer,
  maskLayer,
  modelLayer,
  type Range,
  residual,
  residualLayer,
  sharesOf,
} from './picture.ts';
import type { Extent } from './sight.ts';
import type { Inspected } from './use-inspected.ts';
import type { Viewer } from './viewer.ts';
import type { GreyWindow } from './window-level.ts';

const nothing: readonly never[] = [];

export function useLayers(
  { frame, pair, map, masks, source }: Inspected,
  viewer: Viewer,
  window: GreyWindow | undefined,
) {
  const [image, both, scores] = [frame.data, pair.data, map.data];
  const { invert, colourMap, opacity, ranges } = viewer;
  const differences = useMemo(
    () => (both === undefined ? undefined : residual(both.original, both.reconstruction)),
    [both],
  );
  const residualRange = useMemo(
    (): Range => ranges.residual ?? [0, differences === undefined ? 255 : Math.max(1, extremes(differences)[1])],
    [ranges.residual, differences],
  );
  const mapRange = useMemo(
    (): Range =>
      (source === undefined ? undefined : ranges[source.map]) ??
      (scores === undefined ? [0, 1] : extremes(scores.values)),
    [ranges, source, scores],
  );
  const grey = useMemo(
    () => (image === undefined || window === undefined ? nothing : [frameLayer(image, window, invert)]),
    [image, window, invert],
  );
  const reconstruction = useMemo(
    () =>
      image === undefined || window === undefined || both === undefined
        ? nothing
        : [modelLayer(both.reconstruction, both, image, window, invert)],
    [image, window, both, invert],
  );
  const missed = useMemo(
    () =>
      image === undefined || both === undefined || differences === undefined
        ? nothing
        : [residualLayer(differences, both, image, residualRange, colourMap)],
    [image, both, differences, residualRange, colourMap],
  );
  const heat = useMemo(
    () =>
      image === undefined || scores === undefined
        ? nothing
        : [mapLayer(scores, image, mapRange, { map: colourMap, opacity })],
    [image, scores, mapRange, colourMap, opacity],
  );
  const veils = useMemo(
    () =>
      (masks.data?.masks ?? nothing)
        .filter(({ role }) => viewer.masks[role])
        .map((mask) => maskLayer(mask, viewer.maskOpacity)),
    [masks.data, viewer.masks, viewer.maskOpacity],
  );
  const layers = useMemo(
    (): Readonly<Record<'original' | 'reconstruction' | 'residual' | 'map', readonly Layer[]>> => ({
      original: [...grey, ...veils],
      reconstruction,
      residual: missed,
      map: [...grey, ...heat, ...veils],
    }),
    [grey, veils, reconstruction, missed, heat],
  );
  return { layers, differences, residualRange, mapRange };
}

/** The annotated anomalies, the boxes of the newest run that has some, and the highest patches of the shown scores. */
export function useMarks(
  { detail, map, frame }: Inspected,
  patches: ImageDetail['patches'],
  viewer: Viewer,
  selected: number | null,
): readonly Mark[] {
  const [known, scores, image] = [detail.data, map.data, frame.data];
  return useMemo(() => {
    if (known === undefined || image === undefined || !viewer.marks) return nothing;
    const drawn = known.annotations.map(
      ({ id, rectangle, label }): Mark => ({
        kind: id === selected ? 'selected' : 'annotation',
        label,
        ...sharesOf(rectangle, image),
      }),
    );
    const newest = Math.max(...known.boxes.map(({ name }) => name.run));
    for (const { name, rank, rectangle } of known.boxes) {
      if (name.run === newest)
        drawn.unshift({ kind: 'patch', label: `${name.score} ${rank}`, ...sharesOf(rectangle, image) });
    }
    if (scores === undefined) return drawn;
    const square = sharesOf(scores.placement, image);
    const { side } = scores;
    const found = patches.map(
      ({ rank, rectangle: { x, y, width, height } }): Mark => ({
        kind: 'patch',
        label: String(rank),
        x: square.x + (x / side) * square.width,
        y: square.y + (y / side) * square.height,
        width: (width / side) * square.width,
        height: (height / side) * square.height,
      }),
    );
    return [...found, ...drawn];
  }, [known, scores, image, patches, viewer.marks, selected]);
}

/** The size of a frame in square pixels: columns and rows may be of different spacing. */
export function extentOf({ width, height, spacing }: Pick<Frame, 'width' | 'height' | 'spacing'>): Extent {
  const [row, column] = spacing ?? [1, 1];
  return { width: width * column, height: height * row };
}

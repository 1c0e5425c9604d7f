// Display settings of the viewer, kept for the next image; windows by modality, since a CT window does not suit a radiograph.

import type { ColourMap } from '../../src-preload/colour-maps.ts';
import type { MapName } from '../../src-preload/schemas/image.ts';
import type { MaskRole } from '../../src-preload/schemas/segmentation.ts';
import type { MapSource } from './map-source.ts';
import type { Range } from './picture.ts';
import type { GreyWindow } from './window-level.ts';

export const paneNames = ['original', 'reconstruction', 'residual', 'map'] as const;
export type PaneName = (typeof paneNames)[number];

/** What the colours of a heat map stand for: residuals, or the scores of one map. */
export type RangeName = 'residual' | MapName;

export interface Viewer {
  /** By modality ('CT' for all Hounsfield units, '' where the file has none). Without an entry: each file's own window. */
  readonly windows: Readonly<Record<string, GreyWindow>>;
  readonly invert: boolean;
  readonly colourMap: ColourMap;
  /** The score map that was selected; null: that of the score which orders the list. */
  readonly map: MapSource | null;
  /** Of the heat map at its highest value, 0..1. */
  readonly opacity: number;
  /** Colours that stand for the same values on every image; without one each image has its own lowest and highest. */
  readonly ranges: Partial<Readonly<Record<RangeName, Range>>>;
  /** Rectangles of patches and annotations are drawn. */
  readonly marks: boolean;
  readonly masks: Readonly<Record<MaskRole, boolean>>;
  readonly maskOpacity: number;
  /** The pane that fills the view; null: all four. */
  readonly large: PaneName | null;
  /** What the next annotated anomaly is called. */
  readonly label: string;
  /** Of a scan, whether decisions are about the slice that is shown or about all of them. */
  readonly decidesOn: 'slice' | 'scan';
}

export const initialViewer: Viewer = {
  windows: {},
  invert: false,
  colourMap: 'inferno',
  map: null,
  opacity: 0.7,
  ranges: {},
  marks: true,
  masks: { predicted: true, reference: true, region: false },
  maskOpacity: 0.3,
  large: null,
  label: 'anomaly',
  decidesOn: 'slice',
};

/** The next of all sizes: one pane large, or all four. */
export const enlarged = (viewer: Viewer, pane: PaneName): Viewer => ({
  ...viewer,
  large: viewer.large === null ? pane : null,
});

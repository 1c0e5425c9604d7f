// One frame of an image file exactly as stored, with everything needed to show it, model it and catalog it.

/** Sample storage: the array type says signed, unsigned or floating point; `bitsStored` says how many bits mean something. */
export type Samples =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A window preset in modality units (PS3.3 C.11.2.1.2); the function says how centre and width become grey. */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly function: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
  readonly explanation?: string;
}

/** A lookup table (PS3.3 C.11): input `first` maps to `values[0]`; inputs outside are clamped to the ends. */
export interface LookupTable {
  readonly first: number;
  /** Bits of each output value: the output range is 0 .. 2^bits - 1. */
  readonly bits: number;
  readonly values: Uint16Array;
  readonly explanation?: string;
}

/** Where the frame lies in the patient, in DICOM's axes (x to the left, y to the back, z to the head), millimetres. */
export interface Geometry {
  /** Distance between rows (down the image) and between columns (across it), millimetres. */
  readonly spacing?: { readonly row: number; readonly column: number };
  /** Thickness of the slice or distance to the next one, millimetres. */
  readonly sliceSpacing?: number;
  /** Unit vectors of increasing column index, then of increasing row index (PS3.3 C.7.6.2.1.1). */
  readonly orientation?: readonly [number, number, number, number, number, number];
  /** Centre of the first sample. */
  readonly position?: readonly [number, number, number];
}

/** A graphic that lies over the image (PS3.3 C.9.2); never burned into the samples here. */
export interface Overlay {
  readonly rows: number;
  readonly columns: number;
  /** Row and column of its first bit, counted from 0 at the image's first sample; may be negative. */
  readonly origin: readonly [row: number, column: number];
  readonly kind: 'graphics' | 'region';
  readonly label?: string;
  /** rows x columns, 0 or 1. */
  readonly bits: Uint8Array;
}

/** What the catalog needs to know; opaque text as written in the file. Patient data: never in messages or logs. */
export interface ImageMetadata {
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly viewPosition?: string;
  readonly patientId?: string;
  /** Of the name and birth date where there is no ID: tells patients apart, and no more. */
  readonly patientHash?: string;
  readonly patientSex?: string;
  readonly patientAge?: string;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly frameOfReferenceUid?: string;
  readonly instanceUid?: string;
  readonly instanceNumber?: string;
  readonly sopClassUid?: string;
  readonly acquisitionDate?: string;
  readonly manufacturer?: string;
  /** Manufacturer's model name. */
  readonly model?: string;
  readonly station?: string;
  readonly institution?: string;
  /** (0028,0301): YES or NO when the file says so. */
  readonly burnedInAnnotation?: string;
  /** Of a DICOM file: what an import keeps as columns of metadata, by tag of 8 hexadecimal digits. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** From stored values to modality values: stored value * slope + intercept (Hounsfield units for CT). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  /**
   * Why the file does not let one know it, in words, where a file of its kind must. Slope and intercept are then 1 and 0:
   * values are as stored and their unit is not known.
   */
  readonly unknown?: string;
  /** Rescale Type (0028,1054) where the file states one other than Hounsfield units, such as MGML. */
  readonly otherUnit?: string;
  /** The file has none, and none is needed: values are what is stored. Other slices of its series may have one. */
  readonly absent?: true;
}

/** A frame as the reader of its format gives it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is RGB. Palettes and YBR are resolved to RGB when decoding; alpha is dropped with a warning. */
  readonly channels: 1 | 3;
  /** [height, width, channels], row-major, channels interleaved: the stored values before any rescale. */
  readonly samples: Samples;
  /** 1 to 64. Integer samples lie within this many bits. */
  readonly bitsStored: number;
  /** MONOCHROME1 shows its lowest value white; it is inverted for display and model space, never here. */
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2' | 'RGB';
  readonly rescale: Rescale;
  /** Stands in for `rescale` where the file has one. */
  readonly modalityLut?: LookupTable;
  readonly windows: readonly Window[];
  readonly voiLuts: readonly LookupTable[];
  /** Stored values that mean "no data here" (pixel padding, inclusive range); they count for no minimum or maximum. */
  readonly padding?: { readonly low: number; readonly high: number };
  readonly geometry: Geometry;
  readonly overlays: readonly Overlay[];
  /** index counts from 0. */
  readonly frame: { readonly index: number; readonly count: number };
  readonly metadata: ImageMetadata;
  /** What was odd but did not prevent reading; no patient data. */
  readonly warnings: readonly string[];
}

/** A frame with the name of its file's format (see formats/formats.ts). */
export interface DecodedImage extends Frame {
  readonly format: string;
  /** How many samples are NaN or infinite, where any is. */
  readonly notFinite?: number;
}

/** The frames of a file, decoded one at a time, on demand. */
export interface Frames {
  readonly frameCount: number;
  /** Decodes frame `index` (from 0). Throws `content` when the frame is broken, `limit` when it is too large. */
  readonly frame: (index: number) => Promise<Frame>;
}

/** An opened file. */
export interface ImageFile extends Frames {
  readonly format: string;
  readonly frame: (index: number) => Promise<DecodedImage>;
}

/** The fields of a plain raster frame that has no medical header. */
export const unadorned = {
  rescale: { slope: 1, intercept: 0 },
  windows: [],
  voiLuts: [],
  geometry: {},
  overlays: [],
  metadata: {},
} as const satisfies Partial<Frame>;

/** True when stored values are 8-bit levels already: no rescale or modality table stands between. */
export function isPlain8Bit<F extends Frame>(image: F): image is F & { readonly samples: Uint8Array } {
  const { samples, bitsStored, rescale, modalityLut } = image;
  const untouched = rescale.slope === 1 && rescale.intercept === 0 && modalityLut === undefined;
  return samples instanceof Uint8Array && bitsStored === 8 && untouched;
}

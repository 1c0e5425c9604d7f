// The 8-bit grey domain in which the published tools compare an image with its reconstruction.

/** An 8-bit grey image: `data[row * width + column]`, 0 is black. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

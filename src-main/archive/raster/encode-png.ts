// Writes PNG files that hold the samples and nothing else: no text, no profile, grey stays grey.

/**
 * Encodes [height, width, channels] samples, 8-bit (Uint8Array) or 16-bit (Uint16Array) grey or RGB, as PNG.
 * Lossless: decoding gives the same samples.
 */
export async function encodePng(
  width: number,
  height: number,
  channels: 1 | 3,
  samples: Uint8Array | Uint16Array,
): Promise<Uint8Array> {
  // It takes long to load, and most processes that could write PNG never do.
  const { default: sharp } = await import('sharp');
  const wide = samples instanceof Uint16Array;
  const image = sharp(samples, { raw: { width, height, channels }, limitInputPixels: false });
  const space = channels === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb';
  return image.toColourspace(space).png({ compressionLevel: 6, palette: false }).toBuffer();
}

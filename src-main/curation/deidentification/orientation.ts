// The one thing of EXIF that belongs to the picture: which way up it is.

/** Tag 0x0112, a SHORT. */
const [orientationTag, short] = [0x0112, 3];

/**
 * EXIF data (a TIFF header and its first directory) with the orientation of `tiff` and nothing else; undefined where it
 * says none, or the upright one.
 */
export function orientationAlone(tiff: Uint8Array): Uint8Array | undefined {
  const orientation = orientationOf(tiff);
  if (orientation === undefined || orientation < 2 || orientation > 8) return undefined;
  const bytes = Buffer.alloc(26);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(1, 8);
  bytes.writeUInt16LE(orientationTag, 10);
  bytes.writeUInt16LE(short, 12);
  bytes.writeUInt32LE(1, 14);
  bytes.writeUInt16LE(orientation, 18);
  return bytes;
}

function orientationOf(tiff: Uint8Array): number | undefined {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 14) return undefined;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return undefined;
  const count = view.getUint16(directory, little);
  for (let at = directory + 2; at < directory + 2 + count * 12 && at + 12 <= tiff.length; at += 12) {
    if (view.getUint16(at, little) === orientationTag && view.getUint16(at + 2, little) === short) {
      return view.getUint16(at + 8, little);
    }
  }
  return undefined;
}

// Where the coded data of a JPEG scan ends: what follows the last block is no part of the picture.
import { decodeScan, planesOf } from '../../archive/dicom/jpeg/dct.ts';
import { readJpegStream } from '../../archive/dicom/jpeg/markers.ts';

const [baseline, extended, progressive] = [0, 1, 2];

/**
 * For each scan of a sequential or progressive JPEG stream, in order, how many of its coded bytes its blocks need (up to two
 * more: codes are looked up ahead). Empty for streams of other processes, and where the data is too broken to tell.
 */
export function neededScanBytes(bytes: Uint8Array): readonly number[] {
  try {
    const stream = readJpegStream(bytes);
    if (![baseline, extended, progressive].includes(stream.process)) return [];
    // Only later scans of a progressive stream need what earlier ones held.
    const planes = planesOf(stream, stream.process === progressive);
    return stream.scans.map((scan) => decodeScan(stream, scan, planes));
  } catch {
    // Whatever is wrong with it, the decoder says.
    return [];
  }
}

// Where the coded data of a JPEG scan ends: what follows the last block is no part of the picture.
import { BitReader, decodingOf } from '../../archive/dicom/jpeg/huffman.ts';
import { type JpegScan, type JpegStream, readJpegStream } from '../../archive/dicom/jpeg/markers.ts';

/** Baseline and extended sequential DCT; the scans of others are left as they are. */
const sequential = [0, 1];

/**
 * For each scan of a sequential JPEG stream, in order, how many of its coded bytes its blocks need (up to two more: codes are
 * looked up ahead). Empty for streams of other processes, and where the data is too broken to tell.
 */
export function neededScanBytes(bytes: Uint8Array): readonly number[] {
  try {
    const stream = readJpegStream(bytes);
    return sequential.includes(stream.process) ? stream.scans.map((scan) => neededBytes(stream, scan)) : [];
  } catch {
    // Whatever is wrong with it, the decoder says.
    return [];
  }
}

function neededBytes(stream: JpegStream, scan: JpegScan): number {
  const reader = new BitReader(scan.data);
  const parts = scan.components.map(({ index, dc, ac }) => ({
    component: stream.components[index]!,
    dc: decodingOf(dc),
    ac: decodingOf(ac),
  }));
  const units = unitsOf(
    stream,
    parts.map(({ component }) => component),
  );
  for (let unit = 0; unit < units.count; unit++) {
    if (scan.restartInterval > 0 && unit > 0 && unit % scan.restartInterval === 0) reader.restart();
    for (const [index, { dc, ac }] of parts.entries()) {
      for (let block = 0; block < units.blocks[index]!; block++) {
        reader.signed(reader.decode(dc));
        for (let coefficient = 1; coefficient < 64; coefficient++) {
          const code = reader.decode(ac);
          if ((code & 15) === 0 && code !== 0xf0) break;
          coefficient += code >> 4;
          reader.bits(code & 15);
        }
      }
    }
  }
  return reader.position;
}

/** How many coding units a scan has, and how many blocks of each of its components a unit has (T.81 A.2). */
function unitsOf(
  { width, height, components }: JpegStream,
  scanned: readonly JpegStream['components'][number][],
): { readonly count: number; readonly blocks: readonly number[] } {
  const widest = Math.max(...components.map(({ horizontal }) => horizontal));
  const tallest = Math.max(...components.map(({ vertical }) => vertical));
  const [only] = scanned;
  if (scanned.length === 1) {
    const across = Math.ceil(Math.ceil((width * only!.horizontal) / widest) / 8);
    const down = Math.ceil(Math.ceil((height * only!.vertical) / tallest) / 8);
    return { count: across * down, blocks: [1] };
  }
  return {
    count: Math.ceil(width / (8 * widest)) * Math.ceil(height / (8 * tallest)),
    blocks: scanned.map(({ horizontal, vertical }) => horizontal * vertical),
  };
}

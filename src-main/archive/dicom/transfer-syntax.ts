// The transfer syntaxes that are read (PS3.6 table A-1), and how each stores structure and pixels.
import type { Codec } from './codecs/coded-frame.ts';
import { decodeDeflatedFrame } from './codecs/deflated-frame.ts';
import { decodeJpeg } from './codecs/jpeg.ts';
import { decodeJpegLs } from './codecs/jpeg-ls.ts';
import { decodeJpeg2000 } from './codecs/jpeg2000.ts';
import { decodeRle } from './codecs/rle.ts';

export interface TransferSyntax {
  readonly name: string;
  readonly littleEndian: boolean;
  /** Elements carry no value representation. */
  readonly implicit: boolean;
  /** The whole data set behind the file header is deflated. */
  readonly deflated: boolean;
  /** How one encapsulated frame is decompressed; undefined when pixels are stored plainly. */
  readonly codec: Codec | undefined;
}

const plain = { littleEndian: true, implicit: false, deflated: false, codec: undefined };
const coded = (name: string, codec: Codec): TransferSyntax => ({ ...plain, name, codec });

const syntaxes: Readonly<Record<string, TransferSyntax>> = {
  '1.2.840.10008.1.2': { ...plain, name: 'implicit little endian', implicit: true },
  '1.2.840.10008.1.2.1': { ...plain, name: 'explicit little endian' },
  '1.2.840.10008.1.2.1.99': { ...plain, name: 'deflated', deflated: true },
  '1.2.840.10008.1.2.2': { ...plain, name: 'explicit big endian', littleEndian: false },
  '1.2.840.10008.1.2.5': coded('RLE', decodeRle),
  '1.2.840.10008.1.2.4.50': coded('JPEG baseline', decodeJpeg),
  '1.2.840.10008.1.2.4.51': coded('JPEG extended', decodeJpeg),
  '1.2.840.10008.1.2.4.53': coded('JPEG spectral selection', decodeJpeg),
  '1.2.840.10008.1.2.4.55': coded('JPEG full progression', decodeJpeg),
  '1.2.840.10008.1.2.4.57': coded('JPEG lossless', decodeJpeg),
  '1.2.840.10008.1.2.4.70': coded('JPEG lossless, first order', decodeJpeg),
  '1.2.840.10008.1.2.4.80': coded('JPEG-LS lossless', decodeJpegLs),
  '1.2.840.10008.1.2.4.81': coded('JPEG-LS near-lossless', decodeJpegLs),
  '1.2.840.10008.1.2.4.90': coded('JPEG 2000 lossless', decodeJpeg2000),
  '1.2.840.10008.1.2.4.91': coded('JPEG 2000', decodeJpeg2000),
  '1.2.840.10008.1.2.4.201': coded('HTJ2K lossless', decodeJpeg2000),
  '1.2.840.10008.1.2.4.202': coded('HTJ2K lossless, by resolution', decodeJpeg2000),
  '1.2.840.10008.1.2.4.203': coded('HTJ2K', decodeJpeg2000),
  '1.2.840.10008.1.2.8.1': coded('deflated frames', decodeDeflatedFrame),
};

/** The syntax of a UID, or undefined when it is not read (video, JPIP, JPEG XL, private ones). */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return Object.hasOwn(syntaxes, uid) ? syntaxes[uid] : undefined;
}

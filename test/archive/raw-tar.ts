// Builds tar files byte by byte, also ones that lie: links, holes, long names, wrong sizes.

export interface RawTarEntry {
  readonly name: string;
  readonly content?: Uint8Array;
  /** `0` a file, `5` a folder, `2` a link, `x` a pax header, `L` a long name of GNU tar. */
  readonly type?: string;
  /** Lies: replaces the declared size. */
  readonly declaredSize?: number;
}

/** The bytes of a tar with the entries, in the order given; `end`: with the two empty blocks. */
export function rawTar(entries: readonly RawTarEntry[], end = true): Buffer {
  const parts = entries.flatMap(({ name, content = new Uint8Array(), type = '0', declaredSize }) => [
    header(name, declaredSize ?? content.length, type),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return Buffer.concat(end ? [...parts, Buffer.alloc(1024)] : parts);
}

/** One record of a pax header, whose length counts itself. */
export function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name.slice(0, 100), 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

// Archives whose files are images of their own: what the walk and the readers of entries need of them, whatever their format.

export interface ContainerEntry {
  /** As written and not judged: see faultOfName. */
  readonly name: string;
  /** Bytes, unpacked. */
  readonly size: number;
}

/** An open archive; owns what it reads from until `close`. */
export interface Container {
  readonly entries: ReadonlyMap<string, ContainerEntry>;
  /** Names that more than one entry has: the first one is read. How many others there are. */
  readonly doubled: ReadonlyMap<string, number>;
  /** What is there and is no file that could be read. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** In which order a walk takes the entries: an archive that is compressed as a whole is read as it is stored. */
  readonly order: 'name' | 'stored';
  /** Finds every entry, where opening has not. `keepsHead`: whether `head` will be asked for. */
  readonly list: (keepsHead: (name: string, head: Buffer) => boolean, alive?: () => void) => Promise<void>;
  /** The first bytes of an entry, at most `count`; nothing is verified. */
  readonly head: (name: string, count: number) => Promise<Uint8Array>;
  /** The bytes of an entry. Throws `content`, `limit`, `missing`. */
  readonly read: (name: string, alive?: () => void) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

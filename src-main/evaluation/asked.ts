// What an evaluation asks a workbench, and about which kinds of images.
import type { Workbench } from '../../src-preload/contract.ts';

/** What is asked of a workbench, of this process or another. */
export type Asked = Pick<Workbench, 'call'>;

/** A kind of anomalous images and the kind that it is compared with. */
export interface Pair {
  readonly anomalous: string;
  readonly normal: string;
}

// Which score orders a list.
import type { Order, ScoreName } from './schemas/image.ts';

/** The score that orders a list; undefined where something else does. */
export const orderingScore = ({ by }: Pick<Order, 'by'>): ScoreName | undefined =>
  typeof by === 'object' && 'score' in by ? by : undefined;

// The offer to rank the rest by the verdicts so far, once there are enough of them.
import { Button } from '@blueprintjs/core';
import { PredictiveAnalysisIcon } from '@blueprintjs/icons';
import { useAnswer } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { useFacets } from './use-facets.ts';

/** Fewer verdicts say nothing that the score does not (src-main/statistics/learn-verdicts.ts). */
const enough = 20;

export function LearnOffer() {
  const verdicts = useFacets().data?.verdicts ?? [];
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const open = useJobDialogs();
  const given = verdicts.reduce(
    (sum, { value, images }) => sum + (value === 'keep' || value === 'reject' ? images : 0),
    0,
  );
  if (given < enough || !runs.some(({ kind, state }) => kind === 'scores' && state === 'done')) return null;
  return (
    <Button
      variant="minimal"
      icon={<PredictiveAnalysisIcon />}
      aria-label="Learn from verdicts"
      title={`Rank the rest by the ${given.toLocaleString('en')} verdicts so far`}
      onClick={() => open('learn')}
    />
  );
}

// The offer to rank the rest by the verdicts so far, once there are enough of them.
import { Button } from '@blueprintjs/core';
import { PredictiveAnalysisIcon } from '@blueprintjs/icons';
import { useAnswer } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { useFacets } from './use-facets.ts';

/** Fewer verdicts say nothing that the score does not (src-main/statistics/learn-verdicts.ts). */
const enough = 20;
const enoughOfKind = 4;

export function LearnOffer() {
  const verdicts = useFacets().data?.verdicts ?? [];
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const open = useJobDialogs();
  const count = (wanted: string) => verdicts.find(({ value }) => value === wanted)?.images ?? 0;
  const [kept, rejected] = [count('keep'), count('reject')];
  const given = kept + rejected;
  if (
    given < enough ||
    Math.min(kept, rejected) < enoughOfKind ||
    !runs.some(({ kind, state }) => kind === 'scores' && state === 'done')
  )
    return null;
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

// Says before an export how many of its images have no file at present, and what can be done: locate them, or leave them out.
import { Button } from '@blueprintjs/core';
import type { Selection } from '../../../src-preload/schemas/image.ts';
import { useAnswer } from '../../host/use-host.ts';
import { countOf } from '../../review.tsx';
import { useJobDialogs } from '../use-job-dialogs.ts';
import { FlagField, Note } from './fields.tsx';

/** How many images of a filter are missing, as the catalog knows; of single images the export itself says it. */
export function useMissing(images: Selection): number {
  const isFilter = 'filter' in images;
  const filter = { ...(isFilter ? images.filter : {}), states: ['vanished' as const] };
  return useAnswer('images.count', { filter }, isFilter).data?.images ?? 0;
}

interface MissingProps {
  readonly images: number;
  readonly leftOut: boolean;
  readonly onLeaveOut: (leaveOut: boolean) => void;
}

export function MissingFiles({ images, leftOut, onLeaveOut }: MissingProps) {
  const open = useJobDialogs();
  return (
    <>
      {images === 0 || leftOut ? null : (
        <Note warning>
          The files of {countOf(images)} are missing: this export would fail and name them.{' '}
          <Button size="small" text="Locate folder…" onClick={() => open('locate')} />
        </Note>
      )}
      <FlagField
        label="Leave out images whose file is missing"
        tooltip="Without it, an export that needs a missing file fails before it begins"
        value={leftOut}
        onChange={onLeaveOut}
      />
    </>
  );
}

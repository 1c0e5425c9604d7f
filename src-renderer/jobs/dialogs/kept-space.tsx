// How much room on disk a job keeps, below its fields.
import { spaceWords } from '../../../src-preload/space-words.ts';
import { useAnswer } from '../../host/use-host.ts';
import text from '../../styles/text.module.css';
import type { JobRequest } from './job-request.ts';

export function KeptSpace({ request }: { readonly request: JobRequest }) {
  const bytes = useAnswer('runs.space', request).data?.bytes ?? null;
  if (bytes === null) return null;
  return <p className={text.quiet}>Features kept on disk: at most about {spaceWords(bytes)}</p>;
}

// A failure in words, where it happened.
import { Callout } from '@blueprintjs/core';

export function ProblemNote({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <Callout intent="danger" role="alert" compact>
      {error.message}
    </Callout>
  );
}

// The tags of an image, to be added and removed.
import { TagInput } from '@blueprintjs/core';
import { useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';

export function TagEditor({ image, tags }: { readonly image: number; readonly tags: readonly string[] }) {
  const host = useHost();
  const { demandReviewer, notify } = useReview();
  const change = (values: readonly string[]) => {
    const reviewer = demandReviewer();
    if (reviewer === null) return;
    const wanted = new Set(values.map((tag) => tag.trim()).filter((tag) => tag !== ''));
    const add = [...wanted].filter((tag) => !tags.includes(tag));
    const remove = tags.filter((tag) => !wanted.has(tag));
    const ids = Uint32Array.of(image);
    host
      .call('tags.set', { images: { ids }, add, remove, reviewer })
      .catch((error: Error) => notify(error.message, 'danger'));
  };
  return (
    <section aria-label="Tags">
      <h2>Tags</h2>
      <TagInput
        fill
        addOnBlur
        values={tags}
        placeholder={tags.length === 0 ? 'add a tag, then Enter' : ''}
        tagProps={{ minimal: true }}
        inputProps={{ 'aria-label': 'Add a tag', maxLength: 200 }}
        onChange={(values) => change(values.map(String))}
      />
    </section>
  );
}

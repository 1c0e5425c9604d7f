// Text that was found in the pixels and that nobody has judged: blacked out in exports, or allowed.
import { Button, ButtonGroup } from '@blueprintjs/core';
import { useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';
import text from '../styles/text.module.css';

const judgements = [
  {
    label: 'text',
    words: 'Black out in exports',
    title: 'It is about the patient: de-identified exports black it out in every frame',
  },
  { label: 'side marker', words: 'Allow', title: 'It says nothing about the patient, such as a side marker: it stays' },
] as const;

export function TextFound({ image, lines }: { readonly image: number; readonly lines: number }) {
  const host = useHost();
  const { demandReviewer, notify } = useReview();
  if (lines === 0) return null;
  const judge = (label: (typeof judgements)[number]['label']) => {
    const reviewer = demandReviewer();
    if (reviewer === null) return;
    host
      .call('annotations.text', { label, reviewer, images: Uint32Array.of(image) })
      .catch((error: Error) => notify(error.message, 'danger'));
  };
  return (
    <section aria-label="Text found in the image">
      <h2>Text found in the image</h2>
      <p className={text.quiet}>
        {lines === 1 ? 'One line' : `${lines} lines`} that nobody has judged: until then, exports hold the image back.
      </p>
      <ButtonGroup>
        {judgements.map(({ label, words, title }) => (
          <Button key={label} size="small" text={words} title={title} onClick={() => judge(label)} />
        ))}
      </ButtonGroup>
    </section>
  );
}

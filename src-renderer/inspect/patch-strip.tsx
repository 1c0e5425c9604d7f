// The highest-scoring patches as a ranked strip, each one click from its place.
import { useEffect, useRef } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { scoreText } from '../triage/score-names.ts';
import { bytesCanvas } from './picture.ts';

type Picture = Response<'images.reconstruction'>['original'];
type Patch = ImageDetail['patches'][number];

interface StripProps {
  readonly patches: readonly Patch[];
  readonly picture: Picture | undefined;
  readonly onGo: (rectangle: Patch['rectangle']) => void;
}

export function PatchStrip({ patches, picture, onGo }: StripProps) {
  if (patches.length === 0 || picture === undefined) return null;
  return (
    <section aria-label="Highest-scoring patches">
      <h2>Highest-scoring patches</h2>
      <div className="patches">
        {patches.map((patch) => (
          <button
            type="button"
            key={patch.rank}
            title={`Go to patch ${patch.rank}`}
            onClick={() => onGo(patch.rectangle)}
          >
            <PatchPicture picture={picture} rectangle={patch.rectangle} />
            <span>
              {patch.rank}. {scoreText(patch.value)}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

const shownSide = 64;

function PatchPicture({ picture, rectangle }: { readonly picture: Picture; readonly rectangle: Patch['rectangle'] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null) return;
    const { x, y, width, height } = rectangle;
    context.imageSmoothingEnabled = false;
    context.drawImage(bytesCanvas(picture), x, y, width, height, 0, 0, shownSide, shownSide);
  }, [picture, rectangle]);
  return <canvas ref={canvas} width={shownSide} height={shownSide} aria-hidden />;
}

// What the colours of a map mean.
import { colourTable } from '../../src-preload/colour-maps.ts';
import text from '../styles/text.module.css';
import { scoreText } from '../triage/score-names.ts';
import styles from './legend.module.css';
import type { PointColours } from './point-colours.ts';

export function Legend({ legend, title }: { readonly legend: PointColours['legend']; readonly title: string }) {
  if (legend.kind === 'categories' && legend.entries.length === 0) return null;
  return (
    <section className={styles.legend} aria-label={`Colours: ${title}`}>
      <h2>{title}</h2>
      {legend.kind === 'scale' ? (
        <div className={styles.scale}>
          <span>{scoreText(legend.low)}</span>
          <svg className={styles.bar} aria-hidden>
            <linearGradient id="map-scale">
              {colourTable('viridis')
                .filter((_, index) => index % 15 === 0)
                .map(([red, green, blue], index) => (
                  <stop
                    key={`${red} ${green} ${blue}`}
                    offset={index / 17}
                    stopColor={`rgb(${red} ${green} ${blue})`}
                  />
                ))}
            </linearGradient>
            <rect width="100%" height="100%" fill="url(#map-scale)" />
          </svg>
          <span>{scoreText(legend.high)}</span>
        </div>
      ) : (
        <ul>
          {legend.entries.map(({ label, colour }) => (
            <li key={label}>
              <svg width={10} height={10} aria-hidden>
                <circle cx={5} cy={5} r={5} fill={colour} />
              </svg>
              <span className={styles.label}>{label}</span>
            </li>
          ))}
          {legend.others > 0 ? (
            <li className={text.quiet}>and {legend.others.toLocaleString('en')} others, grey</li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

// docs/glossary.md says what the window's tooltips say: terms from src-preload/glossary.ts, scores from their families.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreFamilies } from '../../src-main/scoring/families.ts';
import { glossary } from '../../src-preload/glossary.ts';
import { sentence } from '../../src-renderer/triage/score-names.ts';

const file = join(import.meta.dirname, '../../docs/glossary.md');

/** The page as it is to be. To write it: RESIDUA_WRITE_DOCS=1 npx vitest run test/docs */
function page(): string {
  const terms = glossary.map(({ term, text }) => `**${term}**: ${text}`);
  const families = scoreFamilies.map(({ title, source, scores }) => {
    const rows = scores.map(
      ({ name, meaning, unit, abnormal }) => `| ${name} | ${sentence(meaning)} | ${unit ?? ''} | ${abnormal} |`,
    );
    return [
      `### ${sentence(title).slice(0, -1)}`,
      `Source: ${source}.`,
      ['| Score | Meaning | Unit | Abnormal end |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `${[
    '# Glossary',
    'The tooltips of the window say the same.',
    '## Terms',
    ...terms,
    '## Scores',
    ...families,
  ].join('\n\n')}\n`;
}

describe('docs/glossary.md', () => {
  it('says what the tooltips say', () => {
    if (process.env.RESIDUA_WRITE_DOCS !== undefined) writeFileSync(file, page());
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(page());
  });

  it('has every term once, in alphabetical order, in one or two sentences', () => {
    const names = glossary.map(({ term }) => term.toLowerCase());
    expect(names).toEqual([...new Set(names)].toSorted((a, b) => a.localeCompare(b, 'en')));
    for (const { term, text } of glossary) expect(text.match(/\.(?=\s|$)/g)?.length, term).toBeLessThanOrEqual(3);
  });
});

// What axe finds wrong with a page, as far as it is serious.
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The rule and the element of every violation that axe calls serious or critical. */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  // The page forbids inline scripts: axe comes through the debugger.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
}

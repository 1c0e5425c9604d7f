// What is hard to use on a page: what axe finds, as far as it is serious, and what is cut off or covered.
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

/** The chosen text of every menu of a dialog that is longer than its menu. */
export function cutChoices(page: Page): Promise<readonly string[]> {
  return page.getByRole('dialog').evaluate((dialog) => {
    const pen = document.createElement('canvas').getContext('2d')!;
    return [...dialog.querySelectorAll('select')].flatMap((menu) => {
      const { font, paddingLeft, paddingRight } = getComputedStyle(menu);
      pen.font = font;
      const text = menu.selectedOptions[0]?.text ?? '';
      const room = menu.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      return pen.measureText(text).width > room ? [text] : [];
    });
  });
}

/** The text of every part of a tool bar that does not fit into its place, so that it is cut off or lies over another. */
export function crowdedTools(page: Page): Promise<readonly string[]> {
  return page
    .locator('[role=toolbar] > *')
    .evaluateAll((parts) =>
      parts.flatMap(({ scrollWidth, clientWidth, textContent }) => (scrollWidth > clientWidth ? [textContent] : [])),
    );
}

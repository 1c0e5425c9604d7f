// What is hard to use on a page: what axe finds, as far as it is serious, and what is cut off or covered.
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';

/** The rule and the element of every violation that axe calls serious or critical. */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  // What fades in has another contrast until it is there. Animations without an end are no fading.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => {})),
    ),
  );
  // The page forbids inline scripts: axe comes through the debugger.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
}

/**
 * Spaces the letters of the page so that its text is as wide as in DejaVu Sans, the widest of the usual sans fonts, whatever
 * fonts the machine has. Stays until the page is loaded again.
 */
export async function asWideAsDejaVu(page: Page): Promise<void> {
  await page.evaluate(() => {
    const text = 'Reconstruct and score 0123456789';
    /** Of `text` in DejaVu Sans, in shares of the font size. */
    const wanted = 17.845;
    const pen = document.createElement('canvas').getContext('2d')!;
    pen.font = `100px ${getComputedStyle(document.body).fontFamily}`;
    const spacing = (wanted - pen.measureText(text).width / 100) / text.length;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { letter-spacing: ${spacing}em !important; }`);
    document.adoptedStyleSheets = [sheet];
  });
}

/** The text of every menu and placeholder under `place` that is longer than its field, so that it is cut. */
export function cutTexts(place: Locator): Promise<readonly string[]> {
  return place.evaluate((root) => {
    const pen = document.createElement('canvas').getContext('2d')!;
    const fields = [...root.querySelectorAll<HTMLSelectElement | HTMLInputElement>('select, input[placeholder]')];
    return fields.flatMap((field) => {
      if (field.checkVisibility() === false) return [];
      const { font, letterSpacing, paddingLeft, paddingRight } = getComputedStyle(field);
      pen.font = font;
      pen.letterSpacing = letterSpacing;
      const text = field instanceof HTMLSelectElement ? (field.selectedOptions[0]?.text ?? '') : field.placeholder;
      const room = field.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
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

/** The names of the tool bars whose parts stand in more than one line. */
export function wrappedToolBars(page: Page): Promise<readonly (string | null)[]> {
  return page.getByRole('toolbar').evaluateAll((bars) =>
    bars.flatMap((bar) => {
      const lines = [...bar.children].map((part) => part.getBoundingClientRect()).filter(({ width }) => width > 0);
      const below = Math.max(...lines.map(({ top }) => top));
      return lines.some(({ bottom }) => bottom <= below) ? [bar.getAttribute('aria-label')] : [];
    }),
  );
}

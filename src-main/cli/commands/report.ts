// residua report: a page about some images, without identities.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const report = defineCommand({
  details: `Example: residua report 4711 4712 --out report.html --remark "clips after surgery"
One HTML file that stands alone: pictures, scores, reasons, maps and where they come from. Images are named by their number, never by file or patient. Text that a
reader confirmed is blacked out; an image that may show other text is reported without its picture. A browser prints it to PDF.`,
  arguments: { images: option('<images...>', 'numbers of images', z.array(z.coerce.number().int().positive()).min(1)) },
  options: {
    out: option('--out <file>', 'the HTML file', text),
    texts: option(
      '--texts',
      'with folder labels, tags and reasons of verdicts, which may name somebody',
      z.boolean().default(false),
    ),
    remark: option('--remark <text>', 'what is said at the top', text.optional()),
  },
  async run({ images, out, texts, remark = null }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      await workbench.call('reports.write', { images, file: resolve(out), texts, remark });
      context.print(`${out}: ${images.length} ${images.length === 1 ? 'image' : 'images'}`);
    });
  },
});

// The dialog of an import from a PACS in a real browser: search, counts, choose, import, a failure in one line, keys alone, accessible.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeDicomweb } from '../pacs/fake-dicomweb.ts';
import { startFakeDimse } from '../pacs/fake-dimse.ts';
import { sampleStudies } from '../pacs/sample-studies.ts';
import { cutTexts, seriousViolations } from './accessibility.ts';
import { noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';

describe.skipIf(noBrowser !== null)(
  `the dialog of a PACS ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'residua-pacs-dialog-'));
    const files = sampleStudies(12);
    let window: OpenWindow;
    let page: Page;
    beforeAll(async () => {
      await buildWindow();
      window = await openWindow(join(folder, 'catalog'), { create: true });
      page = window.page;
      await page.getByText('This catalog is empty').waitFor();
    }, 120_000);
    afterAll(async () => {
      await window?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    const dialog = () => page.getByRole('dialog');
    const open = async () => {
      await page.keyboard.press('Alt+4');
      await page.getByRole('button', { name: 'From a PACS' }).click();
      await dialog().getByLabel('Protocol').waitFor();
    };

    it('searches, shows counts, and imports the studies that are chosen', async () => {
      const allowed = `Basic ${Buffer.from('anna:geheim').toString('base64')}`;
      await using service = await startFakeDicomweb({
        files,
        behave: ({ request, response }) => {
          if (request.headers.authorization === allowed) return false;
          response.writeHead(401).end();
          return true;
        },
      });
      await open();
      expect(await dialog().getByRole('button', { name: 'Search' }).isDisabled()).toBe(true);
      await dialog().getByLabel('Address of the DICOMweb service').fill(service.url);
      await page.keyboard.press('Enter');
      await dialog().getByText('asks for a user name and password, or a token (HTTP 401)').waitFor();
      await dialog().getByLabel('Connect').selectOption({ label: 'with a password' });
      await dialog().getByLabel('User name').fill('anna');
      const password = dialog().getByLabel('Password');
      expect(await password.getAttribute('type')).toBe('password');
      await password.fill('geheim');
      await dialog().getByRole('button', { name: 'Test connection' }).click();
      await page.getByText('The PACS answers').waitFor();
      await password.press('Enter');
      const table = dialog().getByRole('region', { name: 'Studies found' });
      await expect.poll(() => table.getByRole('row').count()).toBe(4);
      expect(await table.getByRole('row').nth(2).textContent()).toBe('P1Doe Jane2024-01-15CTCHESTChest routine224');
      expect(await dialog().getByRole('status').textContent()).toBe('3 studies, 4 series, 28 instances');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog().getByText('More options').click();
      expect(await cutTexts(dialog())).toEqual([]);
      expect(await seriousViolations(page)).toEqual([]);
      await dialog().getByText('More options').click();
      // By keys alone: the boxes are reached and toggled.
      await table.getByRole('checkbox', { name: 'All studies' }).focus();
      await page.keyboard.press('Space');
      expect(await dialog().getByRole('button', { name: 'Import 0 instances' }).isDisabled()).toBe(true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      expect(await dialog().getByRole('status').textContent()).toBe('1 of 3 studies, 2 series, 24 instances');
      // Another query is asked again before anything can be imported.
      await dialog().getByLabel('Modality').fill('ct');
      await dialog().getByRole('button', { name: 'Search' }).click();
      await expect.poll(() => table.getByRole('row').count()).toBe(3);
      await table.getByRole('checkbox', { name: 'Study of P1, 2024-01-15' }).uncheck({ force: true });
      await dialog().getByLabel('Add to cohort').fill('PACS');
      await dialog().getByRole('button', { name: 'Import 1 instance', exact: true }).click();
      await dialog().waitFor({ state: 'detached' });
      const count = async () => (await window.workbench.call('images.count', { filter: {} })).images;
      await expect.poll(count, { timeout: 20_000 }).toBe(1);
      const { runs } = await window.workbench.call('runs.list', {});
      expect(runs[0]!.title).toBe(`import from ${service.url}`);
      const detail = await window.workbench.call('runs.detail', { id: runs[0]!.id });
      expect(JSON.stringify(detail)).not.toContain('geheim');
      await window.workbench.call('pacs.authorise', { url: service.url, credentials: null });
    });

    it('asks a PACS by DIMSE, and says what is wrong in one line', async () => {
      await using fake = await startFakeDimse(files);
      await open();
      // The address is remembered; the password is not.
      expect(await dialog().getByLabel('Password').inputValue()).toBe('');
      await dialog().getByLabel('Protocol').selectOption({ label: 'DIMSE, C-MOVE' });
      await dialog().getByText('where Residua listens during the transfer, to this PACS alone').waitFor();
      await dialog().getByLabel('AE title', { exact: true }).fill('FAKE');
      await dialog().getByLabel('Host').fill('127.0.0.1');
      await dialog().getByLabel('Port', { exact: true }).fill('9');
      await dialog().getByRole('button', { name: 'Search' }).click();
      await dialog().getByText('FAKE@127.0.0.1:9: nobody answers there (connection refused)').waitFor();
      await dialog().getByLabel('Port', { exact: true }).fill(`${fake.port}`);
      await dialog().getByLabel('Patient ID').fill('P2');
      await dialog().getByRole('button', { name: 'Search' }).click();
      expect(await dialog().getByRole('status').textContent()).toBe('1 study, 1 series, 3 instances');
      await dialog().getByLabel('Patient ID').fill('nobody');
      await dialog().getByRole('button', { name: 'Search' }).click();
      await dialog().getByText('Nothing fits this query.').waitFor();
      await dialog().getByText('More options').click();
      expect(await cutTexts(dialog())).toEqual([]);
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog().waitFor({ state: 'detached' });
      // The two refusals are answers to the page; nothing else has gone wrong.
      expect(window.complaints.filter((each) => !each.endsWith(' call/pacs.find'))).toEqual([]);
    });
  },
);

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, openChromium } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { downloaded, newOrganiser, openConsole } from './organiser.ts';
import { takePictures } from './pictures.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http, orgId } = organiser;
let browser: Browser;
let page: Page;
let said: readonly string[];

beforeAll(async () => {
  browser = await openChromium();
  const made = await http.call<{ member_id: string }>({ method: 'POST', path: '/v1/members', body: { name: 'Grace' } });
  await http.call({ method: 'PATCH', path: `/v1/members/${made.member_id}`, body: { name: 'Grace Hopper' } });
  await http.createMeeting('General assembly');
  await hall.engine.audit.chainChanges(orgId);
  ({ page, said } = await openConsole(browser, hall, organiser, '/moderate/audit'));
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

const entries = () => page.locator('.log-list > li');

test('the auditors’ page shows who did what, with values before and after', async () => {
  await page.getByRole('heading', { name: 'Audit record' }).waitFor();
  await page.getByRole('heading', { name: 'The record holds' }).waitFor();
  const changed = entries().filter({ hasText: 'Member changed' });
  await changed.getByText('Ada Lovelace').waitFor();
  await changed.getByText('Values and proof').click();
  const row = changed.getByRole('row', { name: 'name' });
  expect(await row.getByRole('cell').allInnerTexts()).toEqual(['Grace', 'Grace Hopper']);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.evaluate(() => scrollTo(0, 0));
  await takePictures(page, 'moderate-audit');
});

test('it filters by area and subject, and downloads what fits', async () => {
  await page.getByLabel('About').selectOption('meetings');
  await entries().filter({ hasText: 'Meeting created' }).waitFor();
  await expect.poll(() => entries().count()).toBe(1);
  const csv = await downloaded(page, () => page.getByRole('button', { name: 'Download as CSV' }).click());
  expect(csv.trim().split('\r\n')).toHaveLength(2);
  const json = await downloaded(page, () => page.getByRole('button', { name: 'Download as JSON' }).click());
  expect(JSON.parse(json)).toMatchObject({ act: 'meetings.created', new: { title: 'General assembly' } });
  await page.getByLabel('About').selectOption('');
  await page.getByLabel('Subject').fill('nothing-of-this-kind');
  await page.getByText('Nothing fits.').waitFor();
  await page.getByLabel('Subject').fill('');
});

test('in German it says the same', async () => {
  await page.getByRole('button', { name: 'Display settings' }).click();
  await page.getByLabel('Deutsch').check();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Prüfprotokoll' }).waitFor();
  await entries().filter({ hasText: 'Mitglied geändert' }).waitFor();
  expect(said).toEqual([]);
});

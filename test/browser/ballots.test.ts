import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { castBar, joinHall, seesReceipt } from './attendee.ts';
import { looksGood } from './both-themes.ts';
import { openHall } from './hall.ts';
import { newOrganiser, openConsole } from './organiser.ts';

const hall = await openHall();
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

/** A photograph, as far as a program can tell. */
async function photograph(red: number, format: 'png' | 'jpeg'): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const picture = sharp({
    create: { width: 640, height: 480, channels: 3, background: { r: red, g: 90, b: 90 }, noise },
  });
  return picture.toFormat(format).toBuffer();
}

/** Whether the picture has come and can be drawn, not only its element. */
function isDrawn(picture: Locator): Promise<boolean> {
  return picture.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0);
}

/** A draft of the meeting with two pictures, in the form; requests for pictures wait until `let` is called. */
async function twoBoats(page: Page): Promise<{ readonly let: () => void }> {
  await button(page, 'New vote').click();
  await page.getByLabel('Question').fill('Which boat?');
  await page.getByLabel('How people vote').selectOption('choose');
  await page.getByLabel('Option A', { exact: true }).fill('Ketch');
  await page.getByLabel('Option B', { exact: true }).fill('Sloop');
  for (const place of [0, 1]) await page.getByText('Description and picture').nth(place).click();
  const gate = Promise.withResolvers<void>();
  await page.route('**/v1/pictures', async (route) => {
    await gate.promise;
    await route.continue();
  });
  return { let: gate.resolve };
}

test('two pictures on their way at once, and what is typed meanwhile: nothing is lost, and each is told in words', async () => {
  const organiser = await newOrganiser(hall, 'Joan Clarke');
  const { meeting_id: meetingId } = await organiser.http.createMeeting('Boats');
  const { page, said } = await openConsole(browser, hall, organiser, `/moderate/${meetingId}`);
  const pictures = await twoBoats(page);
  const file = async (name: string, red: number) => ({
    name,
    mimeType: 'image/png',
    buffer: await photograph(red, 'png'),
  });
  await page.getByLabel('Add a picture: Ketch').setInputFiles(await file('ketch.png', 200));
  await page.getByLabel('Add a picture: Sloop').setInputFiles(await file('sloop.png', 20));
  await page.getByLabel('Option B', { exact: true }).fill('Old sloop');
  await button(page, 'Add an option').click();
  await page.getByLabel('Option C', { exact: true }).fill('Yawl');
  await button(page, 'Move Ketch down').click();
  pictures.let();
  const shown = page.locator('.option-picture img');
  await shown.nth(1).waitFor();
  for (const place of [0, 1]) await expect.poll(() => isDrawn(shown.nth(place))).toBe(true);
  const titles = ['A', 'B', 'C'].map((letter) => page.getByLabel(`Option ${letter}`, { exact: true }).inputValue());
  expect(await Promise.all(titles)).toEqual(['Old sloop', 'Ketch', 'Yawl']);
  await page.getByLabel('Another picture: Ketch').waitFor();
  await page.getByLabel('What the picture shows').nth(1).fill('A ketch under full sail');
  await looksGood(page, 'words for a picture');
  await button(page, 'Save the draft').click();
  await button(page, 'Open now').waitFor();
  const [made] = (await organiser.http.elections({ meetingId })).items;
  expect(made?.options.map(({ title, picture_alt: alt }) => [title, alt])).toEqual([
    ['Old sloop', undefined],
    ['Ketch', 'A ketch under full sail'],
    ['Yawl', undefined],
  ]);
  await button(page, 'Edit').click();
  await page.getByText('Description and picture').nth(1).click();
  await expect
    .poll(() => page.getByLabel('What the picture shows').nth(1).inputValue())
    .toBe('A ketch under full sail');
  await organiser.http.open(made?.election_id ?? '');
  expect(said).toEqual([]);
}, 60_000);

test('pictures of options: a broken one is refused in words, good ones stand on the ballot, which counts', async () => {
  const organiser = await newOrganiser(hall);
  const { http } = organiser;
  const meeting = await http.createMeeting('Boat meeting');
  const { page, said } = await openConsole(browser, hall, organiser, `/moderate/${meeting.meeting_id}`);
  (await twoBoats(page)).let();
  const good = await photograph(200, 'png');
  const broken = Buffer.concat([good.subarray(0, 200), Buffer.alloc(200)]);
  await page.locator('#picture-0').setInputFiles({ name: 'ketch.png', mimeType: 'image/png', buffer: broken });
  await page
    .getByRole('alert')
    .getByText('This picture is damaged. Choose another one, as PNG, JPEG or WebP.')
    .waitFor();
  const words = { name: 'ketch.txt', mimeType: 'text/plain', buffer: Buffer.from('a ketch') };
  await page.locator('#picture-0').setInputFiles(words);
  await page.getByRole('alert').getByText('This file is no picture that we can show.').waitFor();
  const huge = { name: 'huge.png', mimeType: 'image/png', buffer: Buffer.alloc(3 * 1024 * 1024) };
  await page.locator('#picture-0').setInputFiles(huge);
  await page.getByRole('alert').getByText('This file is larger than 2 MB.').waitFor();
  expect(await page.locator('.option-picture img').count()).toBe(0);
  await page.locator('#picture-0').setInputFiles({ name: 'ketch.png', mimeType: 'image/png', buffer: good });
  const shown = page.locator('.option-picture img');
  await shown.waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  const jpeg = await photograph(20, 'jpeg');
  await page.locator('#picture-1').setInputFiles({ name: 'sloop.jpg', mimeType: 'image/jpeg', buffer: jpeg });
  await shown.nth(1).waitFor();
  await page.getByLabel('What the picture shows').first().fill('Two masts, the smaller one behind');
  await looksGood(page, 'form with pictures');
  await button(page, 'Save the draft').click();
  await button(page, 'Open now').click();
  await button(page, 'Close the vote').waitFor();

  const { page: phone, said: phoneSaid } = await joinHall(
    browser,
    { ...hall, joinCode: meeting.join_code, meetingId: meeting.meeting_id },
    'Grace',
  );
  const pictures = phone.locator('.option-card img');
  await expect.poll(() => pictures.count()).toBe(2);
  for (const place of [0, 1]) await expect.poll(() => isDrawn(pictures.nth(place))).toBe(true);
  expect(await pictures.nth(0).getAttribute('alt')).toBe('Two masts, the smaller one behind');
  expect(await pictures.nth(1).getAttribute('alt')).toBe(''); // its title says it all
  await looksGood(phone, 'ballot with pictures');
  await pictures.nth(1).click(); // the picture belongs to the label: who taps it has chosen
  expect(await phone.getByRole('radio', { name: /Sloop/ }).isChecked()).toBe(true);
  await castBar(phone, 'Cast my vote: Sloop');
  await seesReceipt(phone);
  await button(page, 'Close the vote').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close the vote' }).click();
  await page.getByText('Elected: Sloop').waitFor();
  expect([...said, ...phoneSaid]).toEqual([]);
}, 60_000);

/** Goes on with the Tab key until the keyboard is at it, as somebody without a mouse does; it must be seen where it is. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < 40 && !(await isThere()); step += 1) await page.keyboard.press('Tab');
  expect(await isThere(), `the Tab key reaches ${target}`).toBe(true);
  const ring = await page.evaluate(() => {
    const focused = document.activeElement as HTMLElement;
    const { outlineStyle } = getComputedStyle(focused);
    const around = focused.closest('label');
    return outlineStyle !== 'none' || (around !== null && getComputedStyle(around).outlineStyle !== 'none');
  });
  expect(ring, `a ring around ${target}`).toBe(true);
}

async function totals(electionId: string): Promise<object> {
  const path = `/v1/elections/${electionId}/result`;
  return (await hall.http.call<{ count: { totals: object } }>({ method: 'GET', path })).count.totals;
}

test('without a mouse: join, mark two of many, review, change, cast, find the ballot again, share out points', async () => {
  const options = ['Quay', 'Crane', 'Boat', 'Shed'].map((title) => ({ id: title.toLowerCase(), title }));
  const page = await openPage(browser);
  const said = watchConsole(page);
  const press = (key: string) => page.keyboard.press(key);
  const act = async (target: Locator) => {
    await tabTo(page, target);
    await press('Enter');
  };
  await page.goto(hall.url);
  await tabTo(page, page.getByLabel('Meeting code'));
  await page.keyboard.type(hall.joinCode);
  await tabTo(page, page.getByLabel('Your name'));
  await page.keyboard.type('Grace');
  await looksGood(page, 'join');
  await press('Enter');
  await page.waitForURL(`${hall.url}/meeting/${hall.meetingId}`);
  await page.locator('.lobby').waitFor();
  await looksGood(page, 'lobby');

  const two = { title: 'Which two come first?', method: { method: 'choose', settings: { max: 2 } }, options } as const;
  const first = await hall.openElection(two);
  await page.getByRole('heading', { name: two.title }).waitFor();
  for (const name of ['Crane', 'Shed']) {
    await tabTo(page, page.getByRole('checkbox', { name }));
    await press('Space');
  }
  expect(await page.getByRole('checkbox', { name: 'Quay' }).isDisabled()).toBe(true);
  await looksGood(page, 'marks');
  await act(button(page, 'Review my ballot'));
  await page.getByRole('heading', { name: 'Check your ballot' }).waitFor();
  await looksGood(page, 'review');
  await act(button(page, 'Change it'));
  await tabTo(page, page.getByRole('checkbox', { name: 'Shed' }));
  await press('Space');
  await tabTo(page, page.getByRole('checkbox', { name: 'Boat' }));
  await press('Space');
  await act(button(page, 'Review my ballot'));
  await act(button(page, 'Cast my ballot'));
  await seesReceipt(page);
  await looksGood(page, 'receipt');
  await hall.http.close(first);
  await hall.http.publish(first);
  await page.locator('.result').waitFor();
  expect(await totals(first)).toEqual({ quay: '0', crane: '1', boat: '1', shed: '0' });
  await page.setViewportSize({ width: 320, height: 640 });
  const code = page.getByLabel('Tracking code');
  expect(await code.evaluate((field) => field.scrollWidth - field.clientWidth)).toBe(0); // all of it is seen
  await act(code);
  await page.locator('.finding').waitFor();
  await looksGood(page, 'result');

  const points = { title: 'Share out', method: { method: 'points', settings: { total: 3 } }, options } as const;
  const second = await hall.openElection(points);
  await page.getByRole('heading', { name: points.title }).waitFor();
  await act(button(page, 'More for Quay'));
  await tabTo(page, page.getByRole('spinbutton', { name: 'Boat' }));
  await page.keyboard.type('2');
  await press('Tab');
  await page.getByText('0 of 3 points left').waitFor();
  await looksGood(page, 'points');
  await act(button(page, 'Review my ballot'));
  await act(button(page, 'Cast my ballot'));
  await seesReceipt(page);
  await hall.http.close(second);
  expect(await totals(second)).toEqual({ quay: '1', crane: '0', boat: '2', shed: '0' });
  await act(page.getByRole('link', { name: 'All votes' }));
  await page.locator('.history').waitFor();
  await looksGood(page, 'history');
  expect(said).toEqual([]);
}, 120_000);

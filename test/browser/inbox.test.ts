import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, DESK, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { newOrganiser, type Organiser, signIn } from './organiser.ts';

const hall = await openHall();
let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(async () => {
  await browser.close();
  await hall.stop();
});

/** Everybody in the organisation is invited to a meeting, and told of it as a worker would. */
async function invite({ http, orgId }: Organiser, title: string): Promise<void> {
  const { meeting_id: meetingId } = await http.createMeeting(title);
  await http.call({ method: 'POST', path: `/v1/meetings/${meetingId}/invitations`, body: {} });
  await hall.engine.notifications.follow({ orgId, from: 1, to: await hall.engine.feed.pos(orgId) });
}

/** Nothing sticks out at 320 px, and nothing breaks WCAG 2.2 AA, light and dark. */
async function looksGood(page: Page): Promise<void> {
  for (const viewport of [{ width: 320, height: 640 }, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await accessibilityProblems(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
}

async function onPage(name: string, next: string): Promise<{ page: Page; said: readonly string[]; person: Organiser }> {
  const person = await newOrganiser(hall, name);
  const page = await openPage(browser);
  const said = watchConsole(page);
  await signIn(page, hall, person, next);
  return { page, said, person };
}

test('the bell counts live, the inbox fills by itself and is read aloud; what was read stays read', async () => {
  const { page, said, person } = await onPage('Grace Hopper', '/moderate');
  await page.getByRole('link', { name: 'Messages', exact: true }).waitFor();
  await invite(person, 'First');
  await page.getByRole('link', { name: 'Messages, 1 unread' }).waitFor();
  await page.locator('[data-live]', { hasText: 'A message has arrived; 1 is unread.' }).waitFor({ state: 'attached' });

  await page.getByRole('link', { name: 'Messages, 1 unread' }).click();
  await page.getByText('You are invited to: First.').waitFor();
  await page.getByRole('link', { name: 'Messages, 1 unread' }).waitFor(); // its connection is up
  await invite(person, 'Second');
  await page.getByText('You are invited to: Second.').waitFor(); // without a reload
  await page.getByRole('link', { name: 'Messages, 2 unread' }).waitFor();
  await looksGood(page);

  await page.getByRole('button', { name: 'Mark as read: You are invited to: First.' }).click();
  await page.getByRole('link', { name: 'Messages, 1 unread' }).waitFor();
  await page.getByRole('button', { name: 'Mark all as read' }).press('Enter');
  await page.getByRole('link', { name: 'Messages', exact: true }).first().waitFor();
  await page.locator('[data-live]', { hasText: 'All messages are marked as read.' }).waitFor({ state: 'attached' });
  await page.reload();
  await page.getByText('You are invited to: Second.').waitFor();
  expect(await page.getByText('New', { exact: true }).count()).toBe(0);
  expect(said).toEqual([]);
});

test('whoever attends has the bell as well, if they are signed in on this device, and nobody else', async () => {
  const { page, said, person } = await onPage('Katherine Johnson', '/moderate');
  await page.goto(`${hall.url}/join/${hall.joinCode}`);
  await page.getByRole('link', { name: 'Messages', exact: true }).waitFor();
  await invite(person, 'Third');
  await page.getByRole('link', { name: 'Messages, 1 unread' }).waitFor();
  await looksGood(page);
  const stranger = await openPage(browser);
  await stranger.goto(`${hall.url}/join/${hall.joinCode}`);
  await stranger.locator('#name').waitFor();
  await stranger.waitForLoadState('networkidle');
  expect(await stranger.locator('.bell').count()).toBe(0);
  expect(said).toEqual([]);
});

test('whoever leads a meeting invites its members from the console, once', async () => {
  const { page, said, person } = await onPage('Annie Easley', '/moderate');
  const { meeting_id: meetingId } = await person.http.createMeeting('Assembly');
  await page.goto(`${hall.url}/moderate/${meetingId}`);
  for (const told of ['1 member was invited.', '0 members were invited.']) {
    await page.getByRole('button', { name: 'Invite members' }).click();
    await page.getByRole('button', { name: 'Invite all members' }).click();
    await page.locator('[data-live]', { hasText: told }).waitFor({ state: 'attached' });
  }
  expect(said).toEqual([]);
});

test('preferences are chosen on a page and kept', async () => {
  const { page, said } = await onPage('Mary Jackson', '/notifications');
  const kind = page.getByRole('group', { name: 'Voting has begun' });
  await kind.getByLabel('By e-mail').uncheck();
  await page.getByLabel('Once a day, together').check();
  await page.getByLabel('Hour of the daily e-mail').fill('6');
  await page.getByLabel('Quiet hours').check();
  await page.getByLabel('From', { exact: true }).fill('21:30');
  await page.getByLabel('Your time zone').fill('Mars/Olympus');
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('alert')
    .getByText(/time zone/)
    .waitFor();
  await page.getByLabel('Your time zone').fill('Europe/Berlin');
  await looksGood(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('[data-live]', { hasText: 'Saved.' }).waitFor({ state: 'attached' });
  await page.reload();
  await page.getByLabel('Once a day, together').waitFor();
  expect(await kind.getByLabel('By e-mail').isChecked()).toBe(false);
  expect(await kind.getByLabel('By push').isChecked()).toBe(true);
  expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('21:30');
  expect(await page.getByLabel('Your time zone').inputValue()).toBe('Europe/Berlin');
  expect(said).toEqual([]);
});

test('the link of a mail asks, and then stops mails without a sign-in', async () => {
  const person = await newOrganiser(hall, 'Christine Darden');
  await invite(person, 'Third');
  const waiting = await hall.engine.mails.waiting(1_000);
  if (!waiting.ok) throw new Error(waiting.failure.message);
  const mail = waiting.value.find(({ to, template }) => to === person.email && template === 'notification');
  const link = /\S+\/unsubscribe#token=\S+/.exec(mail?.text ?? '')?.[0] as string;
  const page = await openPage(browser);
  const said = watchConsole(page);
  await page.goto(link);
  await page.getByRole('button', { name: 'Stop e-mails of this organisation' }).waitFor();
  expect(page.url()).not.toContain('psu_');
  await looksGood(page);
  await page.getByRole('button', { name: 'Stop e-mails of this organisation' }).click();
  await page.getByText('Harbour Cooperative writes you no more.').waitFor();
  const wishes = await person.http.call<{ organisations: { email: boolean }[] }>({
    method: 'GET',
    path: '/v1/me/notifications/preferences',
  });
  expect(wishes.organisations).toMatchObject([{ email: false }]);
  expect(said).toEqual([]);
});

test('the service worker shows what is pushed, under the policy of the pages, and leads to pages of ours alone', async () => {
  const page = await openPage(browser);
  const said = watchConsole(page);
  await page.goto(`${hall.url}/sign-in`);
  const started = page.context().waitForEvent('serviceworker');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/push-worker.js');
    await navigator.serviceWorker.ready;
  });
  const worker = await started;
  const text = { id: 'n1', title: 'Chess club: Result', body: 'It is there.', url: `${hall.url}/inbox` };
  // a browser without a screen shows no notifications: what it is asked to show is looked at instead
  const shown = await worker.evaluate(async (data) => {
    const asked: unknown[] = [];
    const { registration, clients } = self as unknown as {
      registration: { showNotification: unknown };
      clients: { openWindow: unknown };
    };
    registration.showNotification = async (title: string, options: object) => asked.push({ title, ...options });
    clients.openWindow = async (url: string) => asked.push(url);
    const event = (type: string, more: object) => Object.assign(new Event(type), { waitUntil: () => {}, ...more });
    const click = (url: string) => event('notificationclick', { notification: { close: () => {}, data: { url } } });
    self.dispatchEvent(event('push', { data: { json: () => JSON.parse(data) } }));
    self.dispatchEvent(click(JSON.parse(data).url));
    self.dispatchEvent(click('https://elsewhere.example/'));
    return asked;
  }, JSON.stringify(text));
  expect(shown).toEqual([{ title: text.title, body: text.body, tag: text.id, data: { url: text.url } }, text.url]);
  expect(said).toEqual([]);
});

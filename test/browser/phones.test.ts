import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PsephosHttp } from '../../client/index.ts';
import type { MeetingView } from '../../protocol/meetings.ts';
import { openChromium, openPage } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { newOrganiser, signIn } from './organiser.ts';

const PHONES = 50;
/** Opened side by side: more at once only makes each slower. */
const AT_ONCE = 5;
/** Enough to tell each of them. */
const CLICK_IN_MS = 3_000;
/** Fifty browser windows start slowly where the machine has other work as well. */
const PATIENCE_MS = 60_000;

const hall = await openHall();
const organiser = await newOrganiser(hall);
const nobody = new PsephosHttp({ baseUrl: hall.url });
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

/**
 * A phone whose owner has joined a moment ago. They join over HTTP and the page finds its session on the device, as after
 * a reload: fifty times the joining page would be most of this test, and join.test.ts has it.
 */
async function phoneOf({ meeting_id: meetingId, title, join_code: code }: MeetingView, number: number): Promise<Page> {
  const name = `Phone ${number}`;
  const joined = await nobody.join(code, name);
  const session = {
    meetingId,
    title,
    attendeeId: joined.attendee_id,
    memberId: null,
    name,
    code,
    waiting: false,
    sessionToken: joined.session_token,
    expiresAt: joined.expires_at,
  };
  const page = await openPage(browser, { reducedMotion: 'reduce' }); // fifty moving pages would share two processors
  const kept = [`psephos.session.${meetingId}`, JSON.stringify(session)] as const;
  await page.addInitScript(([key, value]) => localStorage.setItem(key, value), kept);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${hall.url}/meeting/${meetingId}`, { waitUntil: 'commit' });
  return page;
}

/** Every state that the screen comes to show from now on, as [votes in, sum of the bars]; read with figuresSeen. */
async function watchFigures(screen: Page): Promise<void> {
  await screen.evaluate(() => {
    const seen: [number, number][] = [];
    const number = (text: string | null | undefined) => Number(/\d+/.exec(text ?? '0')?.[0] ?? 0);
    const look = () => {
      const bars = [...document.querySelectorAll('.bar-figures strong')].map((each) => number(each.textContent));
      seen.push([number(document.querySelector('.screen-turnout')?.textContent), bars.reduce((a, b) => a + b, 0)]);
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  });
}

function figuresSeen(screen: Page): Promise<[number, number][]> {
  return screen.evaluate(() => (window as unknown as { seen: [number, number][] }).seen);
}

test(`${PHONES} phones vote within a second while the big screen stays truthful`, async () => {
  const meeting = await organiser.http.createMeeting('Autumn assembly');
  const { election_id: id } = await organiser.http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Do we build the pier?',
    method: { method: 'motion', settings: {} },
    roll: 'meeting',
    secrecy: 'named', // every figure at once: in a secret vote they come in steps
  });
  const screen = await openPage(browser, { viewport: { width: 1920, height: 1080 } });
  screen.setDefaultTimeout(PATIENCE_MS);
  await signIn(screen, hall, organiser, `/project/${meeting.meeting_id}`);
  const phones: Page[] = [];
  for (let from = 0; from < PHONES; from += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => phoneOf(meeting, from + i));
    phones.push(...(await Promise.all(some)));
  }
  await organiser.http.open(id);
  await Promise.all(phones.map((page) => page.locator('input[type=radio]').first().waitFor()));
  await Promise.all(
    phones.map((page, i) =>
      page.evaluate((nth) => {
        document.querySelectorAll<HTMLInputElement>('input[type=radio]')[nth]?.click();
      }, i % 2),
    ),
  );
  await screen.getByText('0 votes are in').waitFor();
  await watchFigures(screen);

  // every phone's thumb comes down at one moment of the clock that they share
  const atMs = Date.now() + CLICK_IN_MS;
  await Promise.all(
    phones.map((page) =>
      page.evaluate((at) => {
        const button = document.querySelector<HTMLButtonElement>('.cast-bar button');
        setTimeout(() => button?.click(), at - Date.now());
      }, atMs),
    ),
  );
  await Promise.all(phones.map((page) => page.locator('.tracking-code').waitFor()));
  console.info(`${PHONES} phones: from the click to the last receipt seen ${Date.now() - atMs} ms`);

  await screen.getByText(`${PHONES} votes are in`).waitFor();
  const seen = await figuresSeen(screen);
  expect(seen.length).toBeGreaterThan(1);
  for (const [i, [cast, sum]] of seen.entries()) {
    expect(cast).toBeGreaterThanOrEqual(seen[i - 1]?.[0] ?? 0);
    expect(sum).toBeLessThanOrEqual(cast);
  }
  const participation = await organiser.http.participation(id);
  expect([participation.roll, participation.voted]).toEqual([PHONES, PHONES]);
  await organiser.http.close(id);
  await organiser.http.publish(id);
  await screen.locator('.bar-figures strong', { hasText: '25' }).first().waitFor();
}, 180_000);

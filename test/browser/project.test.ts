import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newCastKey, PsephosHttp } from '../../client/index.ts';
import type { MeetingView } from '../../protocol/meetings.ts';
import { accessibilityProblems, openChromium, watchConsole } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { newOrganiser, openConsole } from './organiser.ts';
import { takePictures } from './pictures.ts';

const SCREEN = { width: 1920, height: 1080 };
/** Least height of what is asked, as a part of the screen's: read from 20 m on a screen of 2 m. */
const QUESTION_VH = 6;
/** WCAG asks for 4.5; a projector in a bright hall loses much of it. */
const CONTRAST = 7;

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http } = organiser;
let browser: Browser;
let page: Page;
let said: readonly string[];
let meeting: MeetingView;

beforeAll(async () => {
  browser = await openChromium();
  const opened = await openConsole(browser, hall, organiser);
  page = await opened.page.context().newPage();
  said = watchConsole(page);
  await opened.page.close();
  await page.setViewportSize(SCREEN);
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

beforeEach(async () => {
  meeting = await http.createMeeting('General assembly 2026');
  await page.goto(`${hall.url}/project/${meeting.meeting_id}`);
  await page.getByRole('heading', { name: 'Join with your phone' }).waitFor();
});

type NewElection = Parameters<PsephosHttp['createElection']>[0];

async function opened(input: Partial<NewElection>): Promise<string> {
  const method = { method: 'motion', settings: {} } as const;
  const election = { meeting_id: meeting.meeting_id, title: 'Shall we?', method, roll: 'meeting', ...input } as const;
  const { election_id: id } = await http.createElection(election);
  await http.open(id);
  await page.getByRole('heading', { name: election.title }).waitFor();
  return id;
}

async function joined(name: string): Promise<PsephosHttp> {
  const { session_token: secret } = await new PsephosHttp({ baseUrl: hall.url }).join(meeting.join_code, name);
  return new PsephosHttp({ baseUrl: hall.url, secret });
}

function cast(voter: PsephosHttp, electionId: string, ballot: object): Promise<unknown> {
  const body = { ballot, cast_key: newCastKey() };
  return voter.call({ method: 'POST', path: `/v1/elections/${electionId}/ballots`, body });
}

/** Height of the question's letters as a part of the screen's, in percent. */
function questionVh(): Promise<number> {
  return page.evaluate(() => {
    const question = document.querySelector('h1') as HTMLElement;
    return (100 * Number.parseFloat(getComputedStyle(question).fontSize)) / innerHeight;
  });
}

/** The weakest contrast of a text on the screen against the paper, and which text that is. */
function weakestContrast(): Promise<{ ratio: number; text: string }> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (canvas === null) throw new Error('no canvas');
    const luminance = (colour: string): number => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): string => {
      if (element === null) return getComputedStyle(document.body).backgroundColor;
      const { backgroundColor } = getComputedStyle(element);
      return /^rgba\(0, 0, 0, 0\)$|transparent/.test(backgroundColor) ? behind(element.parentElement) : backgroundColor;
    };
    const texts = [
      ...document.querySelectorAll('.screen-main *, .screen-foot *, .screen-meeting, .countdown *'),
    ].filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== ''),
    );
    const found = texts.map((element) => {
      const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
      return { ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), text: element.textContent ?? '' };
    });
    return found.reduce((least, each) => (each.ratio < least.ratio ? each : least));
  });
}

/** Nothing is cut off: all of it stands on the screen at once. */
function overflow(): Promise<number> {
  return page.evaluate(() => {
    const main = document.querySelector('.screen-main') as HTMLElement;
    return Math.max(main.scrollHeight - main.clientHeight, document.documentElement.scrollWidth - innerWidth);
  });
}

async function readsWell(): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityProblems(page)).toEqual([]);
    const weakest = await weakestContrast();
    expect(weakest.ratio, weakest.text).toBeGreaterThanOrEqual(CONTRAST);
  }
  await page.emulateMedia({ colorScheme: null });
  expect(await questionVh()).toBeGreaterThanOrEqual(QUESTION_VH);
  expect(await overflow()).toBeLessThanOrEqual(0);
}

test('how to join, a vote with its figures and its result can be read from the last row', async () => {
  await readsWell();
  await takePictures(page, 'project-join');
  const [grace, edsger, barbara] = await Promise.all(['Grace', 'Edsger', 'Barbara'].map(joined));
  const id = await opened({
    secrecy: 'named',
    rules: { quorum: { number: 2 }, majority: { threshold: 'two_thirds', base: 'valid' } },
  });
  await page.getByText('Needs 2 more for the quorum.').waitFor();
  await page.getByText('No valid vote yet.').waitFor();
  const heightBefore = await page.locator('.screen-election').evaluate((element) => element.clientHeight);
  await cast(grace as PsephosHttp, id, { choice: 'yes' });
  await cast(edsger as PsephosHttp, id, { choice: 'yes' });
  await cast(barbara as PsephosHttp, id, { choice: 'no' });
  await page.getByText('3 votes are in').waitFor();
  await page.getByText('Exact to ballot 3').waitFor();
  // figures that move do not move what stands around them
  expect(await page.locator('.screen-election').evaluate((element) => element.clientHeight)).toBe(heightBefore);
  await readsWell();
  await takePictures(page, 'project-open');
  await http.close(id);
  await page.getByText('The result appears here when it is published').waitFor();
  await http.publish(id);
  await page.locator('.screen-outcome', { hasText: 'Carried' }).waitFor();
  await page.getByText('2 of 3 valid votes; 2 were needed.').waitFor();
  await readsWell();
  await takePictures(page, 'project-result');
});

test('a long question with many options still fits', async () => {
  const options = Array.from({ length: 12 }, (_, i) => ({
    id: `o${i}`,
    title: `Candidate number ${i + 1} of the list`,
  }));
  await opened({
    title:
      'Which of the following people do you want to represent our cooperative at the regional assembly of harbours in autumn?',
    method: { method: 'choose', settings: { min: 1, max: 3, seats: 3 } },
    options,
    visibility: 'live',
    secrecy: 'named',
  });
  await page.getByText('0 votes are in').waitFor();
  await readsWell();
});

test('what is hidden stays hidden: only the options, or how many have voted', async () => {
  await opened({ title: 'Hidden?', visibility: 'hidden' });
  await page.getByText('The figures are shown after the close').waitFor();
  expect(await page.locator('.bars').count()).toBe(0);
  await readsWell();
  const id = await opened({ title: 'Counted?', visibility: 'count' });
  await page.getByText('0 votes are in').waitFor();
  await page.getByText('The result is shown after the close').waitFor();
  expect(await page.locator('.bars').count()).toBe(0);
  await http.cancel(id, 'The motion was withdrawn.');
  await page.getByRole('heading', { name: 'Hidden?' }).waitFor(); // the one that is still open
});

test('a clock for a vote that closes by itself, in German, without motion', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const id = await opened({ title: 'Bald zu?', duration_seconds: 5, secrecy: 'named' });
  await page.getByRole('timer').waitFor();
  await page.mouse.move(400, 400);
  await page.getByRole('button', { name: 'Display settings' }).click();
  await page.getByLabel('Deutsch').check();
  await page.keyboard.press('Escape');
  await page.getByText('Die Abstimmung ist geschlossen').waitFor();
  await expect.poll(async () => (await http.election(id)).state).toBe('closed');
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.evaluate(() => localStorage.removeItem('psephos.locale'));
  await page.emulateMedia({ reducedMotion: null });
});

test('while the server is away the figures turn grey and say of when they are; then they go on', async () => {
  const grace = await joined('Grace');
  const id = await opened({ title: 'Still there?', secrecy: 'named' });
  await cast(grace, id, { choice: 'yes' });
  await page.getByText('1 vote is in').waitFor();
  await hall.restart(async () => {
    await page.getByText(/^As of .*Connecting again/).waitFor();
    await page.locator('.screen-stale .bars-stale').waitFor();
    expect(await page.getByText('1 vote is in').count()).toBe(1);
  });
  await page.locator('.screen-stale').waitFor({ state: 'detached' });
  await cast(await joined('Edsger'), id, { choice: 'no' });
  await page.getByText('2 votes are in').waitFor();
  expect(said.filter((line) => !/WebSocket|ERR_CONNECTION/.test(line))).toEqual([]);
});

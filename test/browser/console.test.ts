import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newCastKey, PsephosHttp } from '../../client/index.ts';
import type { ElectionView } from '../../protocol/elections.ts';
import type { MeetingView } from '../../protocol/meetings.ts';
import { accessibilityProblems, DESK, openChromium, openPage } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { downloaded, newOrganiser, openConsole } from './organiser.ts';
import { takePictures } from './pictures.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http } = organiser;
/** One pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const CANDIDATES = { ada: 'Ada Lovelace', grace: 'Grace Hopper', edsger: 'Edsger Dijkstra' };
let browser: Browser;
let page: Page;
let said: readonly string[];
let meeting: MeetingView;

beforeAll(async () => {
  browser = await openChromium();
  ({ page, said } = await openConsole(browser, hall, organiser));
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

beforeEach(async () => {
  meeting = await http.createMeeting('General assembly');
  await page.goto(`${hall.url}/moderate/${meeting.meeting_id}`);
  await button('New vote').waitFor();
});

function button(name: string | RegExp, on: Page = page) {
  return on.getByRole('button', { name, exact: typeof name === 'string' });
}

/** The button of the dialog that asks. */
async function confirm(name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** Somebody who has joined over HTTP. */
async function joined(name: string): Promise<PsephosHttp> {
  const { session_token: secret } = await new PsephosHttp({ baseUrl: hall.url }).join(meeting.join_code, name);
  return new PsephosHttp({ baseUrl: hall.url, secret });
}

function cast(voter: PsephosHttp, electionId: string, ballot: object): Promise<unknown> {
  const body = { ballot, cast_key: newCastKey() };
  return voter.call({ method: 'POST', path: `/v1/elections/${electionId}/ballots`, body });
}

async function elections(): Promise<readonly ElectionView[]> {
  const path = '/v1/elections';
  const query = { meeting_id: meeting.meeting_id };
  return (await http.call<{ items: ElectionView[] }>({ method: 'GET', path, query })).items;
}

test('the agenda is made, and the big screen goes where it goes', async () => {
  // another window: a tab behind this one would be slowed down by the browser
  const { page: screen } = await openConsole(browser, hall, organiser, `/project/${meeting.meeting_id}`);
  await page.getByText('Add something else').click();
  await page.getByLabel('Title', { exact: true }).fill('Report of the board');
  await button('Add').click();
  await button('Go here: Report of the board').click();
  await screen.getByRole('heading', { name: 'Report of the board' }).waitFor();
  await page.getByText('Now', { exact: true }).waitFor();
  await page.getByLabel('What', { exact: true }).selectOption('speakers');
  await page.getByLabel('Title', { exact: true }).fill('Debate');
  await button('Add').click();
  await button('Move Debate up').click();
  await expect.poll(() => page.locator('.agenda-title').allInnerTexts()).toEqual(['Debate', 'Report of the board']);
  await button('Go here: Debate').click();
  await screen.getByRole('heading', { name: 'Debate' }).waitFor();
  await button('Leave Debate').click();
  await screen.getByRole('heading', { name: 'Join with your phone' }).waitFor();
  await button('Take Debate off the agenda').click();
  await expect.poll(() => page.locator('.agenda-title').allInnerTexts()).toEqual(['Report of the board']);
  expect(await accessibilityProblems(page)).toEqual([]);
  await screen.context().close();
});

test('the settings of a meeting: who comes in, a new code, begun and ended', async () => {
  await button('Settings').click();
  await page.getByLabel('Everyone waits until somebody lets them in').check();
  await page.getByLabel('Minutes for each speaker').fill('three');
  await button('Save').click();
  await page.getByRole('alert').getByText('Enter minutes from 0.2 to 60, like 3.').waitFor();
  await page.getByLabel('Minutes for each speaker').fill('3');
  expect(await accessibilityProblems(page)).toEqual([]);
  await button('Save').click();
  await page.getByRole('heading', { name: 'Settings of the meeting' }).waitFor({ state: 'hidden' });
  await button('Settings').click();
  await button('Make a new code').click();
  await confirm('Make a new code');
  const code = meeting.join_code;
  await expect.poll(() => page.locator('.run-code strong').textContent()).not.toBe(code);
  await button('Begin the meeting').click();
  await button('End the meeting').click();
  await confirm('End the meeting');
  await page.getByText('This meeting has ended').waitFor();
  const after = await http.call<MeetingView>({ method: 'GET', path: `/v1/meetings/${meeting.meeting_id}` });
  expect([after.waiting_room, after.speaker_seconds, after.state]).toEqual([true, 180, 'ended']);
});

test('a vote of every method is made by the form', async () => {
  const methods = ['motion', 'choose', 'irv', 'stv', 'schulze', 'borda', 'score', 'judgment', 'points', 'quadratic'];
  for (const method of methods) {
    await button('New vote').click();
    await page.getByLabel('Question').fill(`By ${method}`);
    await page.getByLabel('How people vote').selectOption(method);
    if (method !== 'motion') {
      await page.getByLabel('Option A', { exact: true }).fill('Ada');
      await page.getByLabel('Option B', { exact: true }).fill('Grace');
    }
    await button('Save the draft').click();
    await page.getByRole('heading', { name: `By ${method}` }).waitFor();
  }
  expect((await elections()).map((each) => each.method.method).sort()).toEqual([...methods].sort());
});

test('options have an order, words and a picture; what is missing is said at its field', async () => {
  await button('New vote').click();
  await button('Save the draft').click();
  await page.getByRole('alert').getByText('Enter the question.').click();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('title');
  await page.getByLabel('Question').fill('Which boat?');
  await page.getByLabel('How people vote').selectOption('choose');
  await page.getByLabel('Option A', { exact: true }).fill('Sloop');
  await button('Save the draft').click();
  await page.getByRole('alert').getByText('Enter at least two options.').waitFor();
  await page.getByLabel('Option B', { exact: true }).fill('Ketch');
  await button('Move Ketch up').click();
  await page.getByText('Description and picture').first().click();
  await page.locator('#description-1').fill('Two masts.');
  await page.locator('#picture-1').setInputFiles({ name: 'ketch.png', mimeType: 'image/png', buffer: PICTURE });
  await page.locator('.option-picture img').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await takePictures(page, 'moderate-form');
  await button('Save the draft').click();
  await page.getByRole('heading', { name: 'Which boat?' }).waitFor();
  const [made] = await elections();
  expect(made?.options.map(({ title }) => title)).toEqual(['Ketch', 'Sloop']);
  expect(made?.options[0]).toMatchObject({ description: 'Two masts.', picture: expect.any(String) });
});

test('a template, a draft that is edited, a copy', async () => {
  await button('New vote').click();
  await page.getByLabel('Question').fill('Adopt the minutes?');
  await button('Keep as a template').click();
  await page.getByLabel('Name of the template').fill('Our motion');
  await confirm('Keep it');
  await button('Go back').click();
  await button('New vote').click();
  await page.getByLabel('Begin with').selectOption({ label: 'Our motion' });
  expect(await page.getByLabel('Question').inputValue()).toBe('Adopt the minutes?');
  await button('Save the draft').click();
  await button('Edit').click();
  await page.getByLabel('Question').fill('Adopt the budget?');
  await page.getByLabel('How people vote').selectOption('irv');
  await page.getByLabel('Option A', { exact: true }).fill('Large');
  await page.getByLabel('Option B', { exact: true }).fill('Small');
  await button('Save the changes').click();
  await page.getByRole('heading', { name: 'Adopt the budget?' }).waitFor();
  await button('Make a copy').click();
  await expect
    .poll(async () => (await elections()).map(({ title }) => title))
    .toEqual(['Adopt the budget?', 'Adopt the budget?']);
  await button('Delete').click();
  await confirm('Delete');
  await expect.poll(async () => (await elections()).length).toBe(1);
});

test('by keyboard alone: opened for a minute, extended, cancelled with a reason', async () => {
  const { election_id: id } = await http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Shall we sail?',
    method: { method: 'motion', settings: {} },
    roll: 'meeting',
  });
  await press(button(/Shall we sail/));
  await page.locator('.run-middle:focus').waitFor(); // who chooses goes on in the middle
  await press(button('Open for some minutes'));
  await press(button('1 minute'));
  await button('Close the vote').waitFor();
  // what was pressed is gone, and the keyboard is still where it was
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('controls');
  const before = Date.parse((await http.election(id)).closes_at ?? '');
  expect(Number.isNaN(before)).toBe(false);
  await page.locator('.election-head').getByRole('timer').waitFor();
  await press(button('+ 1 minute'));
  await expect.poll(async () => Date.parse((await http.election(id)).closes_at ?? '') - before).toBe(60_000);
  await press(button('Cancel the vote'));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Cancel for good' }));
  await page.getByText('Say why: everyone will read it.').waitFor();
  await page.getByLabel('Reason').focus();
  await page.keyboard.type('The motion was withdrawn.');
  await press(page.getByRole('dialog').getByRole('button', { name: 'Cancel for good' }));
  await page.getByText('Cancelled: The motion was withdrawn.').waitFor();
});

async function press(target: ReturnType<typeof button>): Promise<void> {
  await target.focus();
  await page.keyboard.press('Enter');
}

test('a running vote: figures with their watermark, where it stands, who has voted, and a lost connection', async () => {
  const names = ['Grace', 'Edsger', 'Barbara', 'Alan', 'Radia', 'Katherine', 'Donald', 'Frances', 'Vint'];
  const voters = await Promise.all(names.map(joined));
  const { election_id: id } = await http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Shall we buy the boat?',
    description: 'It sails with twelve people and costs 18,000.',
    duration_seconds: 600,
    method: { method: 'motion', settings: {} },
    rules: { majority: { threshold: 'two_thirds', base: 'valid' }, quorum: { number: 5 } },
    roll: 'meeting',
    secrecy: 'named',
  });
  await http.open(id);
  await page.getByText('Needs 5 more for the quorum.').waitFor();
  await page.getByText('No valid vote yet.').waitFor();
  await Promise.all(voters.slice(0, 7).map((voter, i) => cast(voter, id, { choice: i % 3 === 0 ? 'no' : 'yes' })));
  await page.getByText('7 ballots are in').waitFor();
  await page.getByText(/^Exact to ballot 7, \d+ s old/).waitFor();
  await page.getByText('Quorum reached: 7 of 5.').waitFor();
  await page.getByText('Not carried if it closed now: 4 of 7 valid votes, 5 needed.').waitFor();
  await page.locator('.rate-canvas canvas').waitFor();
  await takePictures(page, 'moderate-open');
  await page.getByText('7 of 9 have voted').click();
  await page.locator('.participants .list-row', { hasText: 'Vint' }).getByText('not yet').waitFor();
  await page.locator('.participants .list-row', { hasText: 'Grace' }).getByText('has voted').waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
  for (const width of [320, 768]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(DESK);
  await page.context().setOffline(true);
  await page.locator('.bars-stale').waitFor();
  await page.context().setOffline(false);
  await page.locator('.bars-stale').waitFor({ state: 'detached' });
});

test('people: let in, given the floor, found by name, removed', async () => {
  const path = `/v1/meetings/${meeting.meeting_id}`;
  await http.call({ method: 'PATCH', path, body: { waiting_room: true } });
  const grace = await joined('Grace');
  await joined('Edsger');
  await button('Let in Grace').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await button('Let in Grace').click();
  await page.getByText('1 waits to be let in').waitFor();
  await button('Let everyone in').click();
  await page.getByText('waits to be let in').waitFor({ state: 'hidden' });
  await grace.call({ method: 'POST', path: `${path}/speakers`, body: {} });
  await button('Next speaker').click();
  await page.locator('.speaker-now', { hasText: 'Grace' }).waitFor();
  await button('Has finished').click();
  await page.getByText('Nobody wants to speak.').waitFor();
  await page.getByText('Everyone who has joined').click();
  await page.getByLabel('Find by name').fill('eds');
  const person = page.locator('.attendees .list-row', { hasText: 'Edsger' });
  await page.locator('.attendees .list-row', { hasText: 'Grace' }).waitFor({ state: 'hidden' });
  await person.getByText('Change').click();
  await person.getByRole('button', { name: 'Remove from the meeting' }).click();
  await confirm('Remove from the meeting');
  await page.getByText('Nobody of this name has joined.').waitFor();
});

test('ballots on paper: a second count that differs, one that agrees, and both shown apart in the result', async () => {
  const { election_id: id } = await http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Repaint the quay?',
    method: { method: 'motion', settings: {} },
    roll: 'meeting',
    secrecy: 'named',
  });
  const voter = await joined('Grace');
  const base = `/v1/elections/${id}`;
  await http.open(id);
  await cast(voter, id, { choice: 'yes' });
  // another moderator hands out and counts first
  const key = { name: 'second chair', roles: ['moderator'] } as const;
  const made = await hall.engine.apiKeys.create(organiser.orgId, key); // by nobody of the organisation: another person
  if (!made.ok) throw new Error(made.failure.message);
  const other = new PsephosHttp({ baseUrl: hall.url, secret: made.value.secret });
  await other.call({ method: 'PUT', path: `${base}/paper-declaration`, body: { ballots: 7 } });
  const totals = { options: { yes: 4, no: 2 }, blank: 0, abstained: 1 };
  const heap = { label: 'Table 1', count: { ballots: 7, totals } };
  await other.call({ method: 'POST', path: `${base}/paper-batches`, body: heap, creates: true });

  await button(/Repaint the quay/).click();
  await page.getByText('Ballots on paper').click();
  await page.getByText('Table 1').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const enter = async (yes: string, no: string) => {
    await page.getByLabel('Ballots in it').fill('7');
    await page.getByLabel('Yes', { exact: true }).fill(yes);
    await page.getByLabel('No', { exact: true }).fill(no);
    await page.getByLabel('Abstained').fill('1');
    await button('Enter the second count').click();
  };
  await enter('5', '1');
  await page.getByText('The second count was not the same. Count this heap again.').waitFor();
  await enter('4', '2');
  await page.getByText('7 handed out, 7 entered, 7 confirmed.').waitFor();
  await button('Close the vote').click();
  await confirm('Close the vote');
  await page.getByText('8 ballots, 0 blank, 1 abstained · 7 of them on paper').waitFor();
});

test('a ranked result: every round as a table and as a flow, and the files of it', async () => {
  const { election_id: id } = await http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Who chairs the cooperative?',
    method: { method: 'irv', settings: {} },
    options: Object.entries(CANDIDATES).map(([id, title]) => ({ id, title })),
    roll: 'meeting',
    secrecy: 'named',
  });
  const rankings = ['ada', 'ada', 'grace,ada', 'grace,ada', 'edsger,grace'].map((each) => each.split(','));
  const voters = await Promise.all(rankings.map((_, i) => joined(`Voter ${i}`)));
  await http.open(id);
  await Promise.all(rankings.map((ranking, i) => cast(voters[i] as PsephosHttp, id, { ranking })));
  await http.close(id);
  await button(/Who chairs/).click();
  await page.getByText('Elected: Grace Hopper').waitFor();
  await page.getByText('2 rounds').click();
  await page.locator('.sankey svg').waitFor();
  await page.getByRole('columnheader', { name: 'Round 2' }).waitFor();
  await page.getByText('fewest votes').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.locator('.rounds').scrollIntoViewIfNeeded();
  await takePictures(page, 'moderate-rounds');
  expect(await downloaded(page, () => button('Minutes (PDF)').click())).toMatch(/^%PDF-/);
  expect(await downloaded(page, () => button('Rounds (CSV)').click())).toContain('grace');
  expect(JSON.parse(await downloaded(page, () => button('Everything (JSON)').click()))).toMatchObject({
    ruling: { elected: ['grace'] },
  });
});

test('voting links are made on this device, and each votes once', async () => {
  await button('New vote').click();
  await page.getByLabel('Question').fill('Postal vote?');
  await page.getByText('Rules, secrecy and who may vote').click();
  await page.getByLabel('Holders of voting tokens').check();
  await button('Save the draft').click();
  await page.getByText('Voting links').click();
  await page.getByLabel('How many').fill('3');
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  const csv = await downloaded(page, () => button('Make and save them').click());
  await page.getByText('3 links are in the file.').waitFor();
  const [, ...rows] = csv.trim().split('\r\n');
  const [link = '', token = ''] = rows[0]?.split(',') ?? [];
  expect([rows.length, sent.join().includes(token)]).toEqual([3, false]);
  await button('Open now').click();
  await button('Close the vote').waitFor();
  const phone = await openPage(browser);
  await phone.goto(link);
  await phone.getByRole('radio', { name: 'Yes' }).check();
  await phone.locator('.cast-bar').getByRole('button').click();
  await phone.getByRole('heading', { name: 'Your vote is in.' }).waitFor();
  await page.getByText('1 ballot is in').waitFor();
  expect(said).toEqual([]);
});

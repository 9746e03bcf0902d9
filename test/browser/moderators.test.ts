import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PsephosError, PsephosHttp } from '../../client/index.ts';
import type { SignedInView } from '../../protocol/accounts.ts';
import { openChromium, PHONE } from '../harness/chromium.ts';
import { newAccount } from '../harness/persons.ts';
import { looksGood } from './both-themes.ts';
import { openHall } from './hall.ts';
import { newOrganiser, type Organiser, openConsole, tokenFromMail } from './organiser.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http, orgId } = organiser;
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

/** A member of the organiser's organisation with an account. */
async function newColleague(name: string, roles: readonly string[]): Promise<Organiser> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@harbour.example`;
  const password = organiser.password;
  const body = { name, email, roles };
  const { member_id: member } = await http.call<{ member_id: string }>({
    method: 'POST',
    path: '/v1/members',
    body,
    creates: true,
  });
  const invitation = { campaign: name, members: [member] };
  await http.call({ method: 'POST', path: '/v1/member-invitations', body: invitation });
  await newAccount(hall.engine, email, password);
  const nobody = new PsephosHttp({ baseUrl: hall.url });
  const { access_token: secret } = await nobody.call<SignedInView>({
    method: 'POST',
    path: '/v1/auth/login',
    body: { email, password },
  });
  const signedIn = new PsephosHttp({ baseUrl: hall.url, secret });
  const token = await tokenFromMail(hall, email, 'invite');
  await signedIn.call({ method: 'POST', path: '/v1/invitations/redeem', body: { token } });
  return { email, password, orgId, http: signedIn };
}

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

/** How a call was refused; 'done' where it was not. */
function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => (error instanceof PsephosError ? error.code : String(error)),
  );
}

/** Fills in one count of a heap of a motion and sends it. */
async function count(page: Page, figures: Readonly<Record<string, string>>, act: string): Promise<void> {
  for (const [label, value] of Object.entries(figures)) await page.getByLabel(label, { exact: true }).fill(value);
  await button(page, act).click();
}

test('two moderators count a heap: the first enters, the second differs, counts again and agrees', async () => {
  const colleague = await newColleague('Grace Hopper', ['member', 'moderator']);
  const meeting = await http.createMeeting('General assembly');
  const { election_id: id } = await http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Repaint the quay?',
    method: { method: 'motion', settings: {} },
    roll: 'meeting',
  });
  await http.open(id);
  const address = `/moderate/${meeting.meeting_id}`;
  const [first, second] = await Promise.all(
    [organiser, colleague].map((person) => openConsole(browser, hall, person, address)),
  );
  if (first === undefined || second === undefined) throw new Error('no console');
  await first.page.getByText('Ballots on paper').click();
  await first.page.getByLabel('Ballots handed out').fill('7');
  await button(first.page, 'Save').click();
  await first.page.getByLabel('Name of the heap').fill('Table 1');
  await looksGood(first.page, 'counting');
  const right = { 'Ballots in it': '7', Yes: '4', No: '2', Abstained: '1' };
  await count(first.page, right, 'Enter the first count');

  // who entered is not asked, on no device of theirs, and is refused where they try
  await first.page.getByText('You have entered it: somebody else makes the second count.').waitFor();
  expect(await button(first.page, 'Enter the second count').count()).toBe(0);
  const base = `/v1/elections/${id}/paper-batches`;
  const { batches } = await http.call<{ batches: { batch_id: string }[] }>({ method: 'GET', path: base });
  const totals = { options: { yes: 4, no: 2 }, blank: 0, abstained: 1 };
  const confirm = { path: `${base}/${batches[0]?.batch_id}/confirm`, body: { count: { ballots: 7, totals } } };
  const refused = await http.call({ method: 'POST', ...confirm }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(PsephosError);
  expect((refused as PsephosError).details.reason).toBe('same_person');

  await second.page.getByText('Ballots on paper').click();
  await second.page.getByText('Table 1').waitFor();
  expect(await second.page.locator('.paper').textContent()).not.toContain('4'); // counted without knowing the first
  await looksGood(second.page, 'second count');
  await count(second.page, { ...right, Yes: '5', No: '1' }, 'Enter the second count');
  await second.page.getByText('The second count was not the same. Count this heap again.').waitFor();
  await looksGood(second.page, 'counts that differ');
  await second.page.getByText('7 handed out, 7 entered, 0 confirmed.').waitFor();
  await count(second.page, right, 'Enter the second count');
  await second.page.getByText('7 handed out, 7 entered, 7 confirmed.').waitFor();
  expect([...first.said, ...second.said]).toEqual([]);
}, 60_000);

/** Makes a motion and opens it, with the fingers. */
async function openMotion(page: Page, title: string): Promise<void> {
  await button(page, 'New vote').click();
  await page.getByLabel('Question').fill(title);
  await button(page, 'Save the draft').click();
  await button(page, 'Open now').click();
  await button(page, 'Close the vote').waitFor();
}

async function closeVote(page: Page): Promise<void> {
  await button(page, 'Close the vote').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close the vote' }).click();
  await button(page, 'Publish the result').waitFor();
}

const leading = (page: Page) => page.getByRole('button', { name: /^(New vote|Settings|Begin the meeting)$/ });

test('controls are for those who may use them: a member reads who leads, an auditor watches', async () => {
  const meeting = await http.createMeeting('Harbour council');
  const { election_id: id } = await http.createElection({
    meeting_id: meeting.meeting_id,
    title: 'Dredge the basin?',
    method: { method: 'motion', settings: {} },
    roll: 'meeting',
  });
  await http.open(id);
  const address = `/moderate/${meeting.meeting_id}`;

  const member = await openConsole(browser, hall, await newColleague('Barbara Liskov', ['member']), address);
  await member.page.getByRole('heading', { name: 'You do not lead this meeting' }).waitFor();
  await member.page.getByText('One of them can make you moderator of this one.').waitFor();
  expect(await leading(member.page).count()).toBe(0);
  await looksGood(member.page, 'not leading');
  for (const room of ['/moderate', '/moderate/keys']) {
    await member.page.goto(hall.url + room);
    await member.page.getByRole('heading', { name: /^Your role in Harbour Cooperative does not open this$/ }).waitFor();
  }
  expect(await member.page.getByRole('link', { name: 'API keys' }).count()).toBe(0);

  const auditor = await openConsole(browser, hall, await newColleague('Frances Allen', ['member', 'auditor']), address);
  await auditor.page.getByRole('heading', { name: 'Dredge the basin?' }).waitFor();
  await auditor.page.getByText('0 of 0 have voted').waitFor();
  expect(await leading(auditor.page).count()).toBe(0);
  expect(await button(auditor.page, 'Close the vote').count()).toBe(0);
  await looksGood(auditor.page, 'watching');
  expect([...member.said, ...auditor.said]).toEqual([]);
}, 60_000);

test('an attendee is made moderator in the console: their phone leads this meeting, no other, and only for so long', async () => {
  const member = await newColleague('Edsger Dijkstra', ['member']);
  const [here, elsewhere] = [await http.createMeeting('Spring assembly'), await http.createMeeting('Autumn assembly')];
  const { page, said } = await openConsole(browser, hall, organiser, `/moderate/${here.meeting_id}`);
  const { page: phone, said: phoneSaid } = await openConsole(browser, hall, member, '/account');
  await phone.setViewportSize(PHONE);
  await phone.goto(`${hall.url}/join/${here.join_code}`);
  await phone.locator('#name').fill('Edsger');
  await phone.locator('#join').click();
  await phone.getByRole('heading', { name: 'You are in' }).waitFor();

  await page.getByText('Everyone who has joined').click();
  const row = page.locator('.attendees .list-row', { hasText: 'Edsger Dijkstra' });
  await row.getByText('Change').click();
  await looksGood(page, 'attendees');
  await button(page, 'Make moderator of this meeting').click();
  await row.getByText(/^Moderator · /).waitFor();

  // the phone leads now: it makes a vote, opens it, a second page of it votes, and it closes it
  await phone.getByRole('link', { name: 'Lead this meeting' }).click();
  await phone.waitForURL(`${hall.url}/moderate/${here.meeting_id}`);
  await openMotion(phone, 'From the floor?');
  expect(await phone.getByRole('navigation', { name: 'Console' }).count()).toBe(0);
  expect(await button(phone, 'Keep as a template').count()).toBe(0);
  await looksGood(phone, 'console of a moderator of one meeting');
  const ballot = await phone.context().newPage();
  await ballot.goto(`${hall.url}/meeting/${here.meeting_id}`);
  await ballot.getByRole('radio', { name: 'Yes' }).check();
  await ballot.getByRole('button', { name: 'Cast my vote: Yes' }).click();
  await ballot.getByText('Your vote is in.').waitFor();
  await looksGood(ballot, 'receipt of a moderator');
  await phone.getByText('1 of 1 have voted').waitFor();
  await closeVote(phone);
  await button(phone, 'Publish the result').click();
  await phone.getByRole('dialog').getByRole('button', { name: 'Publish the result' }).click();
  await ballot.locator('.result').waitFor();
  await ballot.close();
  await phone.goto(`${hall.url}/moderate/${elsewhere.meeting_id}`);
  await phone.getByRole('heading', { name: 'You do not lead this meeting' }).waitFor();
  expect(await leading(phone).count()).toBe(0);

  // not even the account is needed: whoever signs out still attends, and leads
  await phone.context().clearCookies();
  await phone.evaluate(() => localStorage.removeItem('psephos.signed-in'));
  await phone.goto(`${hall.url}/moderate/${here.meeting_id}`);
  await button(phone, 'New vote').waitFor();
  expect(phoneSaid).toEqual([]);

  // what the phone may do with the right that it keeps: everything in this meeting, nothing beside it
  const kept = await phone.evaluate((key) => localStorage.getItem(key), `psephos.session.${here.meeting_id}`);
  const { sessionToken } = JSON.parse(kept ?? '{}') as { sessionToken?: string };
  const own = new PsephosHttp({ baseUrl: hall.url, secret: sessionToken });
  const motion = { title: 'Shall we?', method: { method: 'motion', settings: {} }, roll: 'meeting' } as const;
  const { election_id: id } = await own.createElection({ ...motion, meeting_id: here.meeting_id });
  await own.open(id);
  await phone.getByRole('heading', { name: 'Shall we?' }).waitFor(); // seen in its console at once
  await own.close(id);
  await own.publish(id);
  const asked = (path: string) => own.call({ method: 'GET', path });
  expect(await codeOf(own.createElection({ ...motion, meeting_id: elsewhere.meeting_id }))).toBe('NOT_FOUND_001');
  expect(await codeOf(asked(`/v1/meetings/${elsewhere.meeting_id}`))).toBe('NOT_FOUND_001');
  expect(await codeOf(asked('/v1/members'))).toBe('AUTH_002');
  expect(await codeOf(asked('/v1/meetings'))).toBe('AUTH_002');

  await button(page, 'No longer moderator').click();
  await row.getByText(/^Member .+ · /).waitFor();
  await expect.poll(() => codeOf(own.createElection({ ...motion, meeting_id: here.meeting_id }))).toBe('AUTH_002');
  await phone.getByRole('heading', { name: 'You no longer lead this meeting' }).waitFor();
  expect(await leading(phone).count()).toBe(0);
  await looksGood(phone, 'no longer leading');
  await phone.getByRole('link', { name: 'Back to the meeting' }).click();
  await phone.getByRole('heading', { name: 'You are in' }).waitFor(); // still there, as everybody else
  expect(await phone.getByRole('link', { name: 'Lead this meeting' }).count()).toBe(0);
  expect([...said, ...phoneSaid]).toEqual([]);
}, 90_000);

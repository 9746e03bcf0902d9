import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewElectionInput } from '../../client/index.ts';
import type { AccountView } from '../../protocol/accounts.ts';
import type { MeetingView } from '../../protocol/meetings.ts';
import type { MemberView } from '../../protocol/members.ts';
import { accessibilityProblems, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { castBar, seesReceipt } from './attendee.ts';
import { openHall } from './hall.ts';
import { newOrganiser, signIn } from './organiser.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http } = organiser;
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

const post = <T>(path: string, body?: unknown) => http.call<T>({ method: 'POST', path, body });
const newMeeting = (more: object = {}) => post<MeetingView>('/v1/meetings', { title: 'Spring assembly', ...more });
const openMotion = async (meetingId: string, more: Partial<NewElectionInput> = {}) => {
  const motion: NewElectionInput = {
    meeting_id: meetingId,
    title: 'Shall we dredge the harbour?',
    method: { method: 'motion', settings: {} },
    roll: 'meeting',
    ...more,
  };
  const { election_id: id } = await http.createElection(motion);
  await http.open(id);
  return id;
};

async function joinAs(name: string, { join_code: code }: MeetingView) {
  const page = await openPage(browser);
  const said = watchConsole(page);
  await page.goto(`${hall.url}/join/${code}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL(/\/meeting\//);
  return { page, said };
}

test('the waiting room: whoever joins waits, and is let in without a touch', async () => {
  const meeting = await newMeeting({ waiting_room: true });
  const { page, said } = await joinAs('Edsger', meeting);
  await page.getByRole('heading', { name: 'You are in the waiting room' }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.reload(); // still there
  await page.getByRole('heading', { name: 'You are in the waiting room' }).waitFor();
  await post(`/v1/meetings/${meeting.meeting_id}/attendees/admit`, {});
  await page.getByRole('heading', { name: 'You are in', exact: true }).waitFor();
  expect(said).toEqual([]);
  await page.context().close();
});

test('whoever scans the code a second time is led back, and is one person still', async () => {
  const meeting = await newMeeting();
  const { page } = await joinAs('Edsger', meeting);
  await page.goto(`${hall.url}/join/${meeting.join_code}`);
  await page.waitForURL(/\/meeting\//);
  await page.getByRole('heading', { name: 'You are in', exact: true }).waitFor();
  const { items } = await http.call<{ items: unknown[] }>({
    method: 'GET',
    path: `/v1/meetings/${meeting.meeting_id}/attendees`,
  });
  expect(items).toHaveLength(1);
  await page.context().close();
});

test('the list of speakers: ask, see the place, have the floor, be done', async () => {
  const meeting = await newMeeting();
  const { page, said } = await joinAs('Edsger', meeting);
  await page.getByRole('button', { name: 'Ask to speak' }).click();
  await page.getByText('You are number 1 on the list of speakers.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const speakers = `/v1/meetings/${meeting.meeting_id}/speakers`;
  const { items } = await http.call<{ items: { speaker_id: string }[] }>({ method: 'GET', path: speakers });
  await post(`${speakers}/${items[0]?.speaker_id}/next`);
  await page.getByText('You have the floor.').waitFor();
  await page.getByRole('button', { name: 'I am done' }).click();
  await page.getByRole('button', { name: 'Ask to speak' }).waitFor();
  expect(said).toEqual([]);
  await page.context().close();
});

test('a guest watches a vote of members; a vote by links is not offered', async () => {
  const meeting = await newMeeting();
  const { page } = await joinAs('Edsger', meeting);
  const members = await openMotion(meeting.meeting_id, { roll: 'members' });
  await page.getByText('This vote is for members.').waitFor();
  expect(await page.getByRole('radio').count()).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);
  await http.close(members);
  await page.context().close();
});

test('a member who holds a proxy casts two ballots, each apart, each with its own receipt', async () => {
  const meeting = await newMeeting();
  const grace = await post<MemberView>('/v1/members', { number: '1042', name: 'Grace Hopper' });
  const { memberships } = await http.call<AccountView>({ method: 'GET', path: '/v1/account' });
  await post('/v1/proxies', {
    meeting_id: meeting.meeting_id,
    grantor_id: grace.member_id,
    holder_id: memberships.find(({ org_id: id }) => id === organiser.orgId)?.member_id,
  });
  const page = await openPage(browser);
  const said = watchConsole(page);
  await signIn(page, hall, organiser, '/account');
  await page.goto(`${hall.url}/join/${meeting.join_code}`);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL(/\/meeting\//);
  const electionId = await openMotion(meeting.meeting_id, { roll: 'members' });

  await page.getByRole('radio', { name: 'Yes' }).check();
  expect(await accessibilityProblems(page)).toEqual([]);
  await castBar(page, 'Cast my vote: Yes');
  const own = await seesReceipt(page);
  await page.getByRole('button', { name: 'Go on with the ballot of Grace Hopper' }).click();
  await page.getByText('For Grace Hopper, whose proxy you hold').waitFor();
  await page.getByRole('radio', { name: 'No', exact: true }).check();
  await castBar(page, 'Cast my vote: No');
  await page.getByText('For Grace Hopper, whose proxy you hold').waitFor();
  const hers = await seesReceipt(page);
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(hers).not.toBe(own);
  expect(await http.participation(electionId)).toMatchObject({ voted: 2 });
  expect(said).toEqual([]);
  await page.context().close();
});

test('a meeting for members says so to a guest; one that has ended says so too', async () => {
  const closed = await newMeeting({ guests_allowed: false });
  const page = await openPage(browser);
  const join = async ({ join_code: code }: MeetingView) => {
    await page.goto(`${hall.url}/join/${code}`);
    await page.getByLabel('Your name').fill('Edsger');
    await page.getByRole('button', { name: 'Join' }).click();
  };
  await join(closed);
  await page.getByRole('alert').getByText('This meeting is for members.').waitFor();
  const over = await newMeeting();
  await post(`/v1/meetings/${over.meeting_id}/start`, {});
  await post(`/v1/meetings/${over.meeting_id}/end`, {});
  await join(over);
  await page.getByRole('alert').getByText('This meeting has ended.').waitFor();
  await page.context().close();
});

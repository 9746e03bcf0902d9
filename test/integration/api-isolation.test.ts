import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiOperation, readDocument } from '../../loadtest/api/document.ts';
import { askAs, fillByExamples } from '../../loadtest/api/fill.ts';
import { harvest, KnownValues } from '../../loadtest/api/harvest.ts';
import {
  type BuiltRequest,
  type ForeignRequest,
  foreignRequests,
  idSlots,
  knownKind,
} from '../harness/foreign-requests.ts';
import { fingerprints, idsInTables, nameEverything } from '../harness/organisation-rows.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newKey, type ServedOrganisation, serveOrganisations } from '../harness/served-organisations.ts';

/**
 * Operations where an id of another organisation is answered otherwise than by 404, each with the reason. In all of
 * them the answer must be the one that an id of nothing gets. An entry that no request needs fails the test.
 */
const OTHERWISE: Readonly<Record<string, { readonly status: number; readonly reason: string }>> = {
  'listElections meeting_id=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'listMembers group=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'exportMembers group=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty file' },
  'listInvitations member=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'listProxies meeting_id=foreign': { status: 200, reason: 'a filter; proxies for every meeting match any' },
  'listProxies member_id=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'listLog topic=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'search campaign_id=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'admitAttendees meeting_id=own attendees.*=foreign': { status: 200, reason: 'says how many it admitted: none' },
  'askToSpeak meeting_id=own attendee_id=foreign': { status: 403, reason: 'attendees speak for themselves alone' },
  'orderSpeakers meeting_id=own speakers.*=foreign': { status: 409, reason: 'the order must name exactly who waits' },
  'orderAgenda meeting_id=own items.*=foreign': { status: 409, reason: 'the order must name exactly the items' },
  'createElection options.*.picture=foreign': { status: 422, reason: 'names the field whose picture is not there' },
  'editElection election_id=own options.*.picture=foreign': { status: 422, reason: 'names the field' },
  'createTemplate election.options.*.picture=foreign': { status: 422, reason: 'names the field' },
  'editTemplate template_id=own election.options.*.picture=foreign': { status: 422, reason: 'names the field' },
  'createElectionFromTemplate template_id=own options.*.picture=foreign': { status: 422, reason: 'names the field' },
  'createElection roll_group_id=foreign': { status: 422, reason: 'names the field' },
  'editElection election_id=own roll_group_id=foreign': { status: 422, reason: 'names the field' },
  'createElectionFromTemplate template_id=own roll_group_id=foreign': { status: 422, reason: 'names the field' },
  'createTemplate election.roll_group_id=foreign': { status: 422, reason: 'names the field' },
  'editTemplate template_id=own election.roll_group_id=foreign': { status: 422, reason: 'names the field' },
  'createCampaign banner_id=foreign': { status: 422, reason: 'names the field' },
  'createCampaign icon_id=foreign': { status: 422, reason: 'names the field' },
  'updateCampaign campaign_id=own banner_id=foreign': { status: 422, reason: 'names the field' },
  'updateCampaign campaign_id=own icon_id=foreign': { status: 422, reason: 'names the field' },
  'changeCampaign campaign_id=own banner_id=foreign': { status: 422, reason: 'names the field' },
  'changeCampaign campaign_id=own icon_id=foreign': { status: 422, reason: 'names the field' },
  'inviteToCampaign campaign_id=own *.user_id=foreign': { status: 422, reason: 'names the row that is nobody’s' },
  'listIdeas campaign_id=own tag=foreign': { status: 200, reason: 'a filter that matches nothing gives an empty page' },
  'changeIdea idea_id=own tags.*=foreign': { status: 422, reason: 'names the tags that the campaign has not' },
};

/** Places where the own id is answered like one of nothing, too, so that the walk cannot tell; each with the reason. */
const BLIND: Readonly<Record<string, string>> = {
  'exportMembers group=foreign': 'no member is left in the group that comes first; listMembers has the same filter',
  'listProxies meeting_id=foreign': 'proxies for every meeting match any meeting',
  'orderAgenda meeting_id=own items.*=foreign': 'the order must name every item',
  'changeAgendaItem meeting_id=own item_id=own election_id=foreign': 'only items of kind election have one',
  'editElection election_id=own options.*.picture=foreign': 'one option is too few; createElection looks at pictures',
  'editTemplate template_id=own election.options.*.picture=foreign': 'one option is too few',
  'createTemplate election.options.*.picture=foreign': 'one option is too few',
  'admitAttendees meeting_id=own attendees.*=foreign': 'nobody waits any more',
  'askToSpeak meeting_id=foreign': 'a key attends no meeting; the walk as attendee meets it',
  'importProxies meeting_id=foreign': 'the file is looked at first',
  'withdrawPaper election_id=own batch_id=foreign': 'its election is over by then; confirmPaper meets it',
  'createElectionFromTemplate template_id=own meeting_id=foreign': 'options of the example do not suit the template',
  'createElectionFromTemplate template_id=own roll_group_id=foreign': 'options of the example do not suit the template',
  'createCampaign campaign_id=foreign': 'a new name, which may not look like an id',
  'updateIdeaStatus idea_id=own merge_into=foreign': 'the first own idea is merged into itself',
  'giveProxy meeting_id=foreign': 'a key has no vote to give; the walk as person meets it',
  'giveProxy holder_id=foreign': 'a key has no vote to give; the walk as person meets it',
};

/** The API is read ten times over, and each of its places asked for by every caller: a minute on an idle machine. */
const WALK_TIMEOUT_MS = 240_000;

/** What this server has none of; ballot-fallback-gateway asks for a queued ballot as another organisation: 404. */
const KEPT_IN_REDIS: readonly string[] = ['getQueuedBallot'];

/** Open to everyone, with an id or token: whoever has it, or the token that goes with it, is meant to use it. */
const OPEN_TO_EVERYONE: readonly string[] = [
  'unsubscribe',
  'askToUnsubscribe',
  'getPicture',
  'accessBallot',
  'castWithToken',
  'embedIdeas',
];

const database = await freshDatabase();
const served = await serveOrganisations(database.ownerUrl);
afterAll(() => served.stop());
const document = readDocument(await (await fetch(`${served.url}/openapi.json`)).json());

interface Caller {
  readonly name: string;
  readonly secret: string;
  readonly orgId?: string;
  /** ids of each kind that are tried; all of the key that may do most, some of the others */
  readonly values: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function call(
  { method, body: described }: Pick<ApiOperation, 'method' | 'body'>,
  { address, body }: Pick<BuiltRequest, 'address' | 'body'>,
  { secret, orgId }: Pick<Caller, 'secret' | 'orgId'>,
): Promise<Answer> {
  const mediaType = described?.mediaType;
  const response = await served.ask(address, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${secret}`,
      ...(mediaType === undefined || method === 'GET' ? {} : { 'content-type': mediaType }),
      ...(orgId === undefined ? {} : { 'x-org-id': orgId }),
    },
    ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function everythingOf(organisation: ServedOrganisation): Promise<{ known: KnownValues; texts: string[] }> {
  const texts: string[] = [];
  const get = { method: 'GET', body: null } as const;
  const known = new KnownValues();
  known.add('org_id', organisation.orgId);
  await fillByExamples(document, askAs(served.url, organisation.keys.admin));
  await idsInTables(served.superuser, organisation.orgId, known);
  await harvest(
    document,
    async (address) => {
      const { status, text } = await call(get, { address, body: undefined }, { secret: organisation.keys.admin });
      texts.push(text);
      if (status !== 200 || !text.startsWith('{')) return null;
      const lines = text.trimEnd().split('\n'); // an answer is one line of JSON, a file of JSON lines several
      return lines.length === 1 ? JSON.parse(text) : lines.map((line) => JSON.parse(line));
    },
    known,
  );
  return { known, texts };
}

let foreign: KnownValues;
let own: KnownValues;
let namesOfA: readonly string[] = [];
let before: Map<string, string>;
/** made after the ids were collected, so that the walk does not revoke it */
let lastKey: string;

beforeAll(async () => {
  const names = await nameEverything(served.superuser, served.theirs.orgId);
  const theirs = await everythingOf(served.theirs);
  const ours = await everythingOf(served.ours);
  foreign = theirs.known.without(ours.known); // what both have is nobody's: templates that are built in
  own = ours.known.without(theirs.known);
  namesOfA = names.filter((name) => theirs.texts.some((text) => text.includes(name)));
  lastKey = await newKey(served.engine, served.ours.orgId, 'admin');
  before = await fingerprints(served.superuser, served.theirs.orgId);
}, WALK_TIMEOUT_MS);

const secured = document.operations.filter(
  ({ id, secured: needsSecret }) => needsSecret && !KEPT_IN_REDIS.includes(id),
);
const callers: readonly Caller[] = [
  { name: 'admin key', secret: served.ours.keys.admin, values: 8 },
  { name: 'moderator key', secret: served.ours.keys.moderator, values: 2 },
  { name: 'attendee', secret: served.ours.session, values: 2 },
  { name: 'person', secret: served.ours.accessToken, values: 2 },
];

/** What an answer says, without what differs from request to request; of what was made or changed the status alone. */
function meaning({ status, text }: Answer, { values }: Pick<BuiltRequest, 'values'>): string {
  if (status < 300 && !text.startsWith('{"items"')) return String(status);
  const said = text.replace(/"(timestamp|request_id)":"[^"]*"/g, '');
  return `${status} ${values.reduce((all, value) => all.replaceAll(value, '<id>'), said)}`;
}

test('the other organisation can be told from ours by its names, and has an id of every kind', () => {
  expect(namesOfA.length).toBeGreaterThan(3);
  const missing = secured.flatMap((operation) =>
    idSlots(document, operation)
      .filter(({ kind }) => knownKind(kind, foreign) === null || knownKind(kind, own) === null)
      .map(({ path, kind }) => `${operation.id}: ${path.join('.')} (${kind})`),
  );
  expect(missing, 'no value is known: let fillOrganisation make one, and some GET show it under this name').toEqual([]);
});

test('what is open to everyone and takes an id or code is known', () => {
  const open = document.operations.filter((operation) => !operation.secured && idSlots(document, operation).length > 0);
  expect(open.map(({ id }) => id)).toEqual(OPEN_TO_EVERYONE);
});

/** Whether even the own id would get this answer, as where a role may not do it at all or the state forbids it. */
async function isNoAnswerToTheId(
  operation: ApiOperation,
  { own: withOwn, foreign: foreignOne }: ForeignRequest,
  caller: Caller,
  answer: Answer,
): Promise<boolean> {
  if (![403, 409, 422].includes(answer.status)) return false;
  return meaning(await call(operation, withOwn, caller), withOwn) === meaning(answer, foreignOne);
}

test('no id of another organisation is answered by anything but 404, and nothing of it is shown or changed', {
  timeout: WALK_TIMEOUT_MS,
}, async () => {
  const wrong = new Set<string>();
  const needed = new Set<string>();
  let requests = 0;
  const check = async (operation: ApiOperation, caller: Caller, request: ForeignRequest) => {
    const { shape } = request.foreign;
    const place = `${operation.id} ${shape}`;
    const answer = await call(operation, request.foreign, caller);
    const ofNothing = await call(operation, request.unknown, caller);
    requests += 2;
    for (const name of namesOfA) if (answer.text.includes(name)) wrong.add(`${place} shows ${name}`);
    const [said, saidOfNothing] = [meaning(answer, request.foreign), meaning(ofNothing, request.unknown)];
    if (said !== saidOfNothing) wrong.add(`${place} is told apart from an id of nothing: ${said} | ${saidOfNothing}`);
    if (answer.status === 404) return;
    if (OTHERWISE[`${operation.id} ${shape}`]?.status === answer.status) needed.add(`${operation.id} ${shape}`);
    else if (!(await isNoAnswerToTheId(operation, request, caller, answer))) {
      wrong.add(`${place} answers ${answer.status}: ${answer.text.slice(0, 200)}`);
    }
  };
  const walk = async (caller: Caller) => {
    for (const operation of secured) {
      const slots = idSlots(document, operation);
      for (const request of foreignRequests(operation, slots, { foreign, own }, caller.values)) {
        await check(operation, caller, request);
      }
    }
  };
  await Promise.all(callers.map(walk)); // each is held to so many requests a second
  expect([...wrong]).toEqual([]);
  expect(requests).toBeGreaterThan(4 * secured.length);
  expect(Object.keys(OTHERWISE).filter((key) => !needed.has(key))).toEqual([]);
  expect(await fingerprints(served.superuser, served.theirs.orgId)).toEqual(before);
});

test('naming another organisation in X-Org-Id is answered like naming none that there is', async () => {
  const wrong: string[] = [];
  for (const operation of secured) {
    const slots = idSlots(document, operation);
    for (const caller of callers) {
      const [request] = foreignRequests(operation, slots, { foreign, own }, 1);
      const built = request?.foreign ?? { address: operation.path, body: operation.body?.example };
      const answer = await call(operation, built, { ...caller, orgId: served.theirs.orgId });
      for (const name of namesOfA) if (answer.text.includes(name)) wrong.push(`${operation.id} shows ${name}`);
      if (answer.status !== 404) wrong.push(`${operation.id} as ${caller.name}: ${answer.status}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await fingerprints(served.superuser, served.theirs.orgId)).toEqual(before);
});

test('with own ids the same requests get other answers: the walk meets what it looks for', {
  timeout: WALK_TIMEOUT_MS,
}, async () => {
  const admin = { secret: lastKey };
  const order = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];
  const ends = /\/(remove|withdraw|revoke)$/;
  const rank = ({ method, path }: ApiOperation) =>
    order.indexOf(method) * 100 - path.split('/').length + (ends.test(path) ? 0.5 : 0);
  const inOrder = secured.toSorted((a, b) => rank(a) - rank(b)); // parts go before the whole
  const blind = new Map<string, string>();
  for (const operation of inOrder) {
    const seen = new Map<string, string | null>();
    const first = new Map<string, Answer>();
    for (const request of foreignRequests(operation, idSlots(document, operation), { foreign, own }, 8)) {
      const ofNothing = meaning(await call(operation, request.unknown, admin), request.unknown);
      const { shape } = request.foreign;
      const { address, values } = request.own;
      // what was removed is gone when the next place is looked at: its first answer counts for all
      const same = `${operation.method} ${address} ${values.join(' ')}`;
      const withOwn = first.get(same) ?? (await call(operation, request.own, admin));
      first.set(same, withOwn);
      // what a key may not do at all is a person's: the walk as a person has met it
      const differs = meaning(withOwn, request.own) !== ofNothing || withOwn.status === 403;
      seen.set(
        shape,
        differs ? null : seen.get(shape) === null ? null : `${withOwn.status} ${withOwn.text.slice(0, 200)}`,
      );
    }
    for (const [shape, same] of seen) if (same !== null) blind.set(`${operation.id} ${shape}`, same);
  }
  expect([...blind].filter(([shape]) => !(shape in BLIND))).toEqual([]);
  expect(Object.keys(BLIND).filter((shape) => !blind.has(shape))).toEqual([]);
  expect(served.bugs()).toEqual([]);
});

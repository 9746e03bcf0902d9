import type { Election, Engine, Meeting, NewElection, Outcome } from '../engine/index.ts';
import { electionMethod } from '../protocol/methods/index.ts';
import { MOTION_OPTIONS } from '../protocol/methods/motion.ts';
import { demoOrganisation } from '../sql/demo-record.ts';

/** Who the log says has done it. */
const ACTOR = 'first start';

/** Who runs the demo organisation; signs in by links only, since nobody has chosen a password. */
const ORGANISER = { email: 'organiser@demo.example', name: 'Demo organiser', locale: 'en' } as const;

/** What a person needs to try Psephos out. */
export interface Demo {
  readonly orgId: string;
  /** the oldest meeting; null where it cannot be told */
  readonly meeting: Meeting | null;
  /** an open motion of it that attendees may vote on; null once it has closed */
  readonly motion: Election | null;
  /** the moderator's API key, known only on the start that makes it */
  readonly apiKey: string | null;
  /** signs the organiser in, for some minutes; null where mail goes out or others reach this machine */
  readonly signInLink: string | null;
}

interface DemoElection {
  readonly title: string;
  readonly description: string;
  readonly method: unknown;
  readonly options: NewElection['options'];
  readonly opens: boolean;
}

function named(titles: Readonly<Record<string, string>>): NewElection['options'] {
  return Object.entries(titles).map(([id, title]) => ({ id, title }));
}

const COMMITTEE = named({ ada: 'Ada', edsger: 'Edsger', grace: 'Grace', hedy: 'Hedy', niklaus: 'Niklaus' });
const DATES = named({ april: '18 April', may: '9 May', june: '13 June', september: '5 September' });
const PROJECTS = named({
  library: 'Library corner',
  garden: 'Garden beds',
  lamps: 'New lamps',
  bikes: 'Bicycle stands',
});

/** One of most kinds; those that do not open now are the moderator's to open. */
const ELECTIONS: readonly DemoElection[] = [
  {
    title: 'Shall we adopt the annual report?',
    description: 'Yes, no or abstain. Whoever has joined the meeting may vote.',
    method: { method: 'motion', settings: {} },
    options: MOTION_OPTIONS,
    opens: true,
  },
  {
    title: 'Who chairs the association?',
    description: 'Rank as many as you like, best first. Instant-runoff: whoever has more than half in the end.',
    method: { method: 'irv', settings: {} },
    options: COMMITTEE,
    opens: true,
  },
  {
    title: 'Who joins the committee?',
    description: 'Three seats by single transferable vote. Rank as many as you like, best first.',
    method: { method: 'stv', settings: { seats: 3 } },
    options: COMMITTEE,
    opens: false,
  },
  {
    title: 'How do we spend this year’s budget?',
    description: 'Spread up to 10 points over the projects.',
    method: { method: 'points', settings: { total: 10 } },
    options: PROJECTS,
    opens: true,
  },
  {
    title: 'Which dates suit you for the summer party?',
    description: 'Mark every date that suits you.',
    method: { method: 'choose', settings: { min: 1, max: DATES.length } },
    options: DATES,
    opens: true,
  },
  {
    title: 'How good are these names for our newsletter?',
    description: 'Give each name a grade. The best median wins (majority judgment).',
    method: { method: 'judgment', settings: {} },
    options: named({ herald: 'The Herald', pebble: 'The Pebble', ballot: 'Ballot and Box' }),
    opens: false,
  },
];

/**
 * Finds the demo organisation, or makes it on the first start with a meeting, elections and a moderator's key.
 * @param ownerUrl who migrated the database
 * @param newKey makes another key for a demo organisation that stands already
 * @param alone nobody but this machine reaches the server: its terminal may show a link that signs in
 */
export async function openDemo(engine: Engine, ownerUrl: string, newKey: boolean, alone: boolean): Promise<Demo> {
  let apiKey: string | null = null;
  const { orgId, isNew } = await demoOrganisation(ownerUrl, async () => {
    const made = await makeOrganisation(engine);
    apiKey = made.apiKey;
    return made.orgId;
  });
  if (!isNew && newKey) apiKey = await makeKey(engine, orgId);
  const signInLink = alone ? (done(await engine.signIn.linkFor(ORGANISER.email))?.link ?? null) : null;
  const meetings = done(await engine.meetings.list(orgId, {}));
  const meeting = meetings.items.at(-1) ?? null;
  if (meeting === null || meetings.nextCursor !== null)
    return { orgId, meeting: null, motion: null, apiKey, signInLink };
  const elections = done(await engine.elections.list(orgId, { meetingId: meeting.meetingId }));
  const motion = elections.items.findLast(
    ({ state, method, roll }) => state === 'open' && method.method === 'motion' && roll === 'meeting',
  );
  return { orgId, meeting, motion: motion ?? null, apiKey, signInLink };
}

async function makeOrganisation(engine: Engine): Promise<{ orgId: string; apiKey: string }> {
  done(await engine.registration.createAccount(ORGANISER));
  const made = done(await engine.organisations.createFor(ORGANISER.email, { name: 'Demo association', locale: 'en' }));
  if (made === null) throw new Error('The demo organiser is gone.');
  const { orgId } = made;
  const { meetingId } = done(await engine.meetings.create(orgId, { title: 'General assembly' }, ACTOR));
  for (const { opens, method, ...rest } of ELECTIONS) {
    const election: NewElection = { ...rest, meetingId, method: electionMethod.parse(method), roll: 'meeting' };
    const { electionId } = done(await engine.elections.create(orgId, election, ACTOR));
    if (opens) done(await engine.elections.open(orgId, electionId, ACTOR));
  }
  return { orgId, apiKey: await makeKey(engine, orgId) };
}

async function makeKey(engine: Engine, orgId: string): Promise<string> {
  return done(await engine.apiKeys.create(orgId, { name: 'Demo moderator', roles: ['moderator'] })).secret;
}

/** Nothing here depends on what a person sends: a refusal means that the database is away, or a bug. */
function done<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`The demo organisation could not be read or made: ${outcome.failure.message}`);
}

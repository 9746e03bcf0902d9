import type { Engine, Outcome } from '../engine/index.ts';
import type { CampaignGround, Participant } from '../loadtest/campaigns/ground.ts';
import { demoOrganisation } from '../sql/demo-record.ts';
import { findRunningPostgres, StartProblem } from '../sql/embedded/index.ts';
import {
  addSimulatedMembers,
  endSimulatedSessions,
  joinSimulatedMembers,
  type SimulatedMember,
} from '../sql/simulated-people.ts';
import { withOperatorEngine } from './operator-engine.ts';
import { readSettings } from './settings.ts';

/** Thousands of ideas and people are made by one key. */
const KEY_REQUESTS_PER_SECOND = 5_000;
const NO_DATA =
  'Coins are given by members, and members are made on the data of the running server: start it with npm start on this ' +
  'machine, and name its folder with --data-dir where it is not the usual one (or set DATABASE_URL as the server has it).';

/**
 * Lets members be simulated on the data of a server that is running: in the demo organisation, with a key of its
 * administration and sessions for the people, all of which end with `work`.
 * @throws StartProblem where no running server's data is within reach
 */
export async function withCampaignGround<T>(
  httpUrl: string,
  dataDir: string | undefined,
  work: (ground: CampaignGround) => Promise<T>,
): Promise<T> {
  const settings = readSettings({ DATA_DIR: dataDir });
  if (settings.DATABASE_URL === undefined && findRunningPostgres(settings.DATA_DIR) === null)
    throw new StartProblem(NO_DATA);
  return withOperatorEngine(settings, { still: true }, async (engine, ownerUrl) => {
    if (ownerUrl === null) {
      throw new StartProblem(
        'DATABASE_URL: its user does not own the database. Set DATABASE_OWNER_URL to one who does.',
      );
    }
    const { orgId } = await demoOrganisation(ownerUrl, async () => {
      throw new StartProblem('There is no demo organisation in this database yet: npm start makes it.');
    });
    const input = { name: 'Simulated campaign', roles: ['admin' as const], requestsPerSecond: KEY_REQUESTS_PER_SECOND };
    const key = done(await engine.apiKeys.create(orgId, input));
    const everybody: SimulatedMember[] = [];
    try {
      return await work({
        httpUrl,
        adminKey: key.secret,
        people: async (names) => {
          const people = await addSimulatedMembers(ownerUrl, orgId, names);
          everybody.push(...people);
          return people.map((person) => participantOf(engine, person));
        },
        join: (campaignId, people) =>
          joinSimulatedMembers(
            ownerUrl,
            orgId,
            campaignId,
            people.map(({ userId }) => userId),
          ),
        audit: async (campaignId) => done(await engine.coins.audit(orgId, campaignId)).length,
      });
    } finally {
      await engine.apiKeys.revoke(orgId, key.keyId);
      await endSimulatedSessions(ownerUrl, everybody);
    }
  });
}

function participantOf(engine: Engine, { memberId, accountId, sessionId, name }: SimulatedMember): Participant {
  return { userId: memberId, name, accessToken: () => engine.accessTokens.sign(accountId, sessionId) };
}

function done<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new StartProblem(outcome.failure.message);
}

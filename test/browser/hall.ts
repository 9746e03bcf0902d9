import { createHash, randomBytes } from 'node:crypto';
import { type NewElectionInput, PsephosHttp } from '../../client/index.ts';
import { createEngine, type Engine, type EngineOptions } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { type Gateway, startGateway } from '../../gateway/main.ts';
import { builtPages } from '../../web/build/index.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { freePort } from './free-port.ts';

/** A hall for browsers: the built pages on a gateway with a database of their own, an organisation, and one meeting. */
export interface Hall {
  readonly engine: Engine;
  /** for a second gateway beside it */
  readonly databaseUrl: string;
  readonly orgId: string;
  /** e.g. http://127.0.0.1:4711, where the pages are */
  readonly url: string;
  /** of the organisation's moderator */
  readonly apiKey: string;
  readonly http: PsephosHttp;
  readonly meetingId: string;
  readonly joinCode: string;
  /** a draft of the meeting that attendees may vote in */
  election(input: Partial<NewElectionInput>): Promise<string>;
  /** the same, open */
  openElection(input: Partial<NewElectionInput>): Promise<string>;
  /** a voting token of the election, as an organiser sends it in a link */
  token(electionId: string): Promise<string>;
  /** the gateway ends and comes back on the same ports */
  restart(whileAway: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

async function newOrganisation(engine: Engine): Promise<{ orgId: string; apiKey: string }> {
  const created = await engine.accounts.createOrganisation({ name: 'Harbour Cooperative' });
  if (!created.ok) throw new Error(created.failure.message);
  const { orgId } = created.value;
  const key = await engine.apiKeys.create(orgId, { name: 'chair', roles: ['moderator'] });
  if (!key.ok) throw new Error(key.failure.message);
  return { orgId, apiKey: key.value.secret };
}

/** Call it at the top level of a test file; stop it in afterAll. */
export async function openHall(
  title = 'General assembly 2026',
  more: Pick<EngineOptions, 'oidc' | 'redis' | 'laneLimits'> = {},
): Promise<Hall> {
  const pagesFolder = await builtPages();
  const database = await freshDatabase();
  const logger = createLogger({ level: 'silent' });
  const [port, socketPort] = [await freePort(), await freePort()];
  const origins = [`http://127.0.0.1:${port}`];
  const start = async (): Promise<[Engine, Gateway]> => {
    const report = (err: unknown) => logger.error({ err }, 'bug');
    const engine = await createEngine({ url: database.ownerUrl, report, publicUrl: origins[0], ...more });
    const settings = { host: '127.0.0.1', port, socketPort, origins, pagesFolder };
    return [engine, await startGateway(settings, { engine, logger })];
  };
  let [engine, gateway] = await start();
  const { orgId, apiKey } = await newOrganisation(engine);
  const http = new PsephosHttp({ baseUrl: `http://127.0.0.1:${port}`, secret: apiKey });
  const { meeting_id: meetingId, join_code: joinCode } = await http.createMeeting(title);

  const election = async (input: Partial<NewElectionInput>): Promise<string> => {
    const motion: NewElectionInput = {
      meeting_id: meetingId,
      title: 'Accept the annual accounts?',
      method: { method: 'motion', settings: {} },
      roll: 'meeting',
    };
    return (await http.createElection({ ...motion, ...input })).election_id;
  };
  return {
    get engine() {
      return engine;
    },
    databaseUrl: database.ownerUrl,
    orgId,
    url: `http://127.0.0.1:${port}`,
    apiKey,
    http,
    meetingId,
    joinCode,
    election,
    async openElection(input) {
      const electionId = await election(input);
      await http.open(electionId);
      return electionId;
    },
    async token(electionId) {
      const token = `vt_${randomBytes(16).toString('base64url')}`;
      const hash = createHash('sha256').update(token).digest('hex');
      await http.issueCredentials(electionId, [{ hash }]);
      return token;
    },
    async restart(whileAway) {
      await gateway.drain();
      await whileAway();
      [engine, gateway] = await start();
    },
    stop: () => gateway.drain(),
  };
}

import { z } from 'zod';
import { campaignView } from '../../protocol/campaigns.ts';
import { coinBoard } from '../../protocol/coins.ts';
import { electionView } from '../../protocol/elections.ts';
import { socketError } from '../../protocol/errors.ts';
import { topicEvent } from '../../protocol/frames/messages.ts';
import { refusal } from '../../protocol/frames/refusal.ts';
import { ownMessages, socketOperations, topicMessages } from '../../protocol/frames.ts';
import { meetingView } from '../../protocol/meetings.ts';
import { ACCESS_ENDED, FRAME_MAX_BYTES, SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import { tallyView } from '../../protocol/tally.ts';
import type { JsonSchema } from '../docs/schema.ts';

const INTRODUCTION = `
One WebSocket for voting and watching. Ask \`GET /v1/socket\` for its address and connect with the subprotocol
\`${SUBPROTOCOL}\`. Frames are JSON as text, at most ${FRAME_MAX_BYTES / 1024} KiB.

**Requests** carry an \`id\` of your own and an \`op\`; each gets one reply with the same \`id\`, not always in the order
in which you sent them. The first is \`hello\`. Nothing secret belongs into the address.

**Messages** of the topics that you watch come without an \`id\`. Each carries \`epoch\`, \`offset\` and \`previous\`: while
\`previous\` is not above the offset that you hold, you have missed nothing. After a break, subscribe with what you hold.
A reader that is too slow gets the newest state as a snapshot, never an endless queue.

**Retrying.** Retry BALLOT_001, COIN_007 and LOAD_ codes only, at most twice, after \`retry_after_ms\` (or 25 to 100 ms, at
random), with the same cast key or request_id. A ballot whose connection broke is sent again with the same cast key: it cannot count twice.

**Close codes.** 1008: no or no good hello, too slow a reader, or, with the reason \`${ACCESS_ENDED}\`, a key, session or
attendance that was revoked, has changed or has expired: connect again with what is good now. 1003: frames that cannot be
read. 1012: this gateway restarts, connect again. 1013: the database is away, connect again later.
`.trim();

/** Schemas that stand under their own name in the document. */
const NAMED = {
  Election: electionView,
  Meeting: meetingView,
  Tally: tallyView,
  TopicEvent: topicEvent,
  Campaign: campaignView,
  CoinBoard: coinBoard,
} as const;

interface Message {
  readonly name: string;
  readonly schema: z.ZodType;
}

const requests: readonly Message[] = Object.entries(socketOperations).map(([name, { request }]) => ({
  name,
  schema: request,
}));
const replies: readonly Message[] = [
  ...Object.entries(socketOperations).map(([name, { reply }]) => ({ name: `${name}Reply`, schema: reply })),
  { name: 'refusal', schema: refusal },
];
const messages: readonly Message[] = Object.entries({ ...topicMessages, ...ownMessages }).map(([name, schema]) => ({
  name,
  schema,
}));

const SCHEMAS = '#/components/schemas/';

const schemaNameOf = (schema: z.ZodType) => schema.meta()?.id ?? '';

/** Where zod puts what several schemas share, as the references to it are written. */
const SHARED = '__shared';

/** Every schema of the document under its name, references between them included. */
function schemasOf(all: readonly Message[]): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>();
  for (const { schema } of all) registry.add(schema, { id: schemaNameOf(schema) });
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  registry.add(socketError, { id: 'SocketError' });
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-7', // what AsyncAPI 3 schemas are made of
    io: 'input',
    uri: (id) => `${SCHEMAS}${id}`,
  });
  const text = JSON.stringify(schemas).replaceAll(`${SCHEMAS}${SHARED}#/definitions/`, SCHEMAS);
  const { [SHARED]: shared, ...named } = JSON.parse(text) as Record<string, JsonSchema & RootOfSchema>;
  const roots = Object.entries(named).map(([id, { $schema: _dialect, $id: _address, ...schema }]) => [id, schema]);
  return { ...shared?.definitions, ...Object.fromEntries(roots) };
}

interface RootOfSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

function messageObject({ name, schema }: Message) {
  const { description, example } = (schema.meta() ?? {}) as { description?: string; example?: object };
  return {
    name,
    title: schemaNameOf(schema),
    contentType: 'application/json',
    ...(description === undefined ? {} : { summary: description }),
    payload: { $ref: `${SCHEMAS}${schemaNameOf(schema)}` },
    ...(example === undefined ? {} : { examples: [{ name: 'example', payload: example }] }),
  };
}

const inChannel = (name: string) => ({ $ref: `#/channels/socket/messages/${name}` });

/** The AsyncAPI 3.0 document of the socket, made from the schemas that check its frames. */
export function asyncApiDocument() {
  const all = [...requests, ...replies, ...messages];
  const channel = { $ref: '#/channels/socket' };
  const operations = Object.fromEntries(
    requests.map(({ name, schema }) => [
      name,
      {
        action: 'receive' as const, // AsyncAPI speaks for the server
        channel,
        summary: schema.meta()?.description ?? name,
        messages: [inChannel(name)],
        reply: { channel, messages: [inChannel(`${name}Reply`), inChannel('refusal')] },
      },
    ]),
  );
  return {
    asyncapi: '3.0.0' as const,
    info: { title: 'Psephos socket', version: '1', description: INTRODUCTION },
    defaultContentType: 'application/json',
    channels: {
      socket: {
        address: '/',
        title: 'The socket',
        messages: Object.fromEntries(all.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      ...operations,
      publish: {
        action: 'send' as const,
        channel,
        summary: 'Messages of the topics that a client watches, and of its own queued ballots.',
        messages: messages.map(({ name }) => inChannel(name)),
      },
    },
    components: {
      messages: Object.fromEntries(all.map((message) => [message.name, messageObject(message)])),
      schemas: schemasOf(all),
    },
  };
}

import { randomBytes } from 'node:crypto';
import { describe } from 'vitest';
import { openSearchServer } from '../harness/opensearch.ts';
import { openSearchWorld } from '../harness/search-world.ts';
import { ideaCases } from './idea-search-cases.ts';
import { relevanceCases } from './search-cases.ts';
import { serverCases, upkeepCases } from './search-upkeep-cases.ts';

/** One suite over both searches, and what only a server can suffer. One server for all of it: it takes seconds to start. */

const server = await openSearchServer();
/** A busy machine is slow to answer, and what is tested here is the answer. */
const PATIENT_MS = 15_000;
const prefixed = () => ({
  openSearchUrl: server.url,
  indexPrefix: `test-${randomBytes(4).toString('hex')}`,
  serverTimeoutMs: PATIENT_MS,
});

describe('postgresql', () => {
  relevanceCases('postgresql', () => openSearchWorld({}));
  ideaCases(() => openSearchWorld({}));
  upkeepCases(() => openSearchWorld({}));
});

describe('opensearch', () => {
  relevanceCases('opensearch', () => openSearchWorld(prefixed()));
  ideaCases(() => openSearchWorld(prefixed()));
  upkeepCases(() => openSearchWorld(prefixed()));
  serverCases(server, prefixed());
});

import { z } from 'zod';
import type { ApiKey, Identity } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import {
  type ApiKeyView,
  apiKeyPage,
  apiKeySecrets,
  apiKeyView,
  newApiKey,
  rotation,
} from '../../protocol/api-keys.ts';
import type { FieldProblem } from '../../protocol/field-problems.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { PERMISSIONS, type Permission, permits } from '../auth/permissions.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'API keys';
const keyParams = z.strictObject({ key_id: id });

const timeOf = (date: Date | null) => date?.toISOString() ?? null;

function viewOf(key: ApiKey): ApiKeyView {
  return {
    key_id: key.keyId,
    name: key.name,
    prefix: key.prefix,
    roles: key.roles as ApiKeyView['roles'],
    scopes: key.scopes === null ? null : [...key.scopes],
    signed: key.signed,
    requests_per_second: key.requestsPerSecond,
    source: key.source,
    created_at: timeOf(key.createdAt),
    expires_at: timeOf(key.expiresAt),
    last_used_at: timeOf(key.lastUsedAt),
    previous_secret_until: timeOf(key.previousUntil),
    revoked_at: timeOf(key.revokedAt),
  };
}

function isPermission(name: string): name is Permission {
  return Object.hasOwn(PERMISSIONS, name);
}

/** The person behind a new secret: a key that makes keys passes its own maker on. */
function makerOf({ kind, memberId, makerId }: Identity): string | null {
  return kind === 'api_key' ? (makerId ?? null) : memberId;
}

/** Scopes that name no permission would be a key that cannot do what its maker thinks. */
function checkScopes(scopes: readonly string[] | undefined): Outcome<null> {
  const fields = (scopes ?? []).flatMap((scope, i): FieldProblem[] =>
    isPermission(scope) ? [] : [{ path: `scopes.${i}`, problem: 'is no permission; see /docs for their names' }],
  );
  return fields.length === 0
    ? accept(null)
    : refuse('invalid_input', `The request is malformed: ${fields[0]?.path} ${fields[0]?.problem}.`, {
        details: { fields },
      });
}

/** Nobody gives away, by a new key or by a new secret of an old one, what he may not do himself. */
function checkPower(maker: Identity, roles: readonly string[], scopes: readonly string[] | null): Outcome<null> {
  const key: Identity = { ...maker, kind: 'api_key', roles: roles as Identity['roles'], scopes };
  const beyond = (Object.keys(PERMISSIONS) as Permission[]).filter(
    (permission) => permits(key, permission) && !permits(maker, permission),
  );
  if (beyond.length === 0) return accept(null);
  return refuse('forbidden', `This key would be allowed more than you are: ${beyond.slice(0, 3).join(', ')}.`, {
    details: { role: 'admin', permissions: beyond },
  });
}

const list = operation({
  id: 'listApiKeys',
  method: 'get',
  path: '/v1/api-keys',
  tag: TAG,
  summary: 'List the API keys',
  description: 'Newest first, revoked ones too. Secrets are never shown again.',
  permission: 'api-keys.manage',
  query: pageQuery,
  success: { 200: { description: 'A page of keys.', schema: apiKeyPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const { cursor, limit } = query;
    const page = { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) };
    return replyWith(await engine.apiKeys.list(identity.orgId, page), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const create = operation({
  id: 'createApiKey',
  method: 'post',
  path: '/v1/api-keys',
  tag: TAG,
  summary: 'Make an API key',
  description:
    'The secrets are shown this once. A key is allowed at most what its maker is. Without an Idempotency-Key on ' +
    'purpose: its answer would have to be kept, and secrets are kept nowhere.',
  permission: 'api-keys.manage',
  body: newApiKey,
  secret: true,
  success: { 201: { description: 'The key with its secrets.', schema: apiKeySecrets } },
  failures: ['invalid_input', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const known = checkScopes(body.scopes);
    if (!known.ok) return known;
    const allowed = checkPower(identity, body.roles, body.scopes ?? null);
    if (!allowed.ok) return allowed;
    if (body.expires_at !== undefined && Date.parse(body.expires_at) <= Date.now()) {
      const fields = [{ path: 'expires_at', problem: 'is not in the future' }] as const;
      return refuse('invalid_input', 'The request is malformed: expires_at is not in the future.', {
        details: { fields },
      });
    }
    const made = await engine.apiKeys.create(identity.orgId, {
      ...{ name: body.name, roles: body.roles, scopes: body.scopes, signed: body.signed },
      requestsPerSecond: body.requests_per_second,
      expiresAt: body.expires_at === undefined ? undefined : new Date(body.expires_at),
      createdBy: identity.id,
      makerId: makerOf(identity),
    });
    return replyWith(made, ({ key, secret, signingSecret }) => ({
      status: 201,
      body: { key: viewOf(key), secret, signing_secret: signingSecret },
    }));
  },
});

const get = operation({
  id: 'getApiKey',
  method: 'get',
  path: '/v1/api-keys/{key_id}',
  tag: TAG,
  summary: 'Read an API key',
  permission: 'api-keys.manage',
  params: keyParams,
  success: { 200: { description: 'The key.', schema: apiKeyView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.apiKeys.get(identity.orgId, params.key_id), (key) => ({ status: 200, body: viewOf(key) })),
});

const rotate = operation({
  id: 'rotateApiKey',
  method: 'post',
  path: '/v1/api-keys/{key_id}/rotate',
  tag: TAG,
  summary: 'Give an API key new secrets',
  description:
    'The key keeps its id. The old secrets are good for the overlap, so that its users can change over; sockets opened ' +
    'with them end with it. Rotating again ends an overlap.',
  permission: 'api-keys.manage',
  params: keyParams,
  body: rotation,
  secret: true,
  success: { 200: { description: 'The key with its new secrets.', schema: apiKeySecrets } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const key = await engine.apiKeys.get(identity.orgId, params.key_id);
    if (!key.ok) return key;
    const allowed = checkPower(identity, key.value.roles, key.value.scopes);
    if (!allowed.ok) return allowed;
    const rotated = await engine.apiKeys.rotate(identity.orgId, params.key_id, body.overlap_seconds, makerOf(identity));
    return replyWith(rotated, (made) => ({
      status: 200,
      body: { key: viewOf(made.key), secret: made.secret, signing_secret: made.signingSecret },
    }));
  },
});

const revoke = operation({
  id: 'revokeApiKey',
  method: 'delete',
  path: '/v1/api-keys/{key_id}',
  tag: TAG,
  summary: 'Revoke an API key',
  description: 'For good, on every gateway within a second; its sockets are closed.',
  permission: 'api-keys.manage',
  params: keyParams,
  success: { 204: { description: 'The key is refused from now on.' } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.apiKeys.revoke(identity.orgId, params.key_id), () => ({ status: 204 })),
});

export const apiKeyOperations: readonly Operation[] = [list, create, get, rotate, revoke];

import { z } from 'zod';
import type { ElectionPattern, NewElection, Template } from '../../engine/index.ts';
import { electionView } from '../../protocol/elections.ts';
import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import {
  type FromTemplateBody,
  fromTemplate,
  newTemplate,
  type TemplateView,
  templateChanges,
  templateId,
  templatePage,
  templateView,
} from '../../protocol/templates.ts';
import { listInReach } from '../auth/reach.ts';
import { changesOf, made } from './elections.ts';
import { decline, type Operation, operation, replyWith } from './operation.ts';

const templateParams = z.strictObject({ template_id: templateId });

type PatternBody = TemplateView['election'];

function patternOf(body: PatternBody): ElectionPattern {
  const { opensAt: _, closesAt: __, present: ___, ...changes } = changesOf(body);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...given, method: body.method };
}

function patternAsJson(pattern: ElectionPattern): PatternBody {
  const { rollGroupId, secretStep, durationSeconds, options, ...same } = pattern;
  return {
    ...same,
    ...(options === undefined ? {} : { options: [...options] }),
    ...(rollGroupId === undefined ? {} : { roll_group_id: rollGroupId }),
    ...(secretStep === undefined ? {} : { secret_step: secretStep }),
    ...(durationSeconds === undefined ? {} : { duration_seconds: durationSeconds }),
  };
}

function templateAsJson(template: Template): TemplateView {
  return {
    template_id: template.templateId,
    name: template.name,
    description: template.description,
    built_in: template.builtIn,
    election: patternAsJson(template.election),
    created_at: template.createdAt?.toISOString() ?? null,
  };
}

const list = operation({
  id: 'listTemplates',
  method: 'get',
  path: '/v1/election-templates',
  tag: 'Templates',
  summary: 'List the templates',
  description: 'Your own by name, then the built-in ones. There is one page.',
  permission: 'templates.read',
  success: { 200: { description: 'All templates.', schema: templatePage } },
  failures: ['database_away'],
  handle: async ({ engine, identity }) =>
    replyWith(await engine.templates.list(identity.orgId), (templates) => ({
      status: 200,
      body: { items: templates.map(templateAsJson), next_cursor: null },
    })),
});

const create = operation({
  id: 'createTemplate',
  method: 'post',
  path: '/v1/election-templates',
  tag: 'Templates',
  summary: 'Make a template',
  permission: 'templates.manage',
  body: newTemplate,
  creates: true,
  success: { 201: { description: 'The template.', schema: templateView } },
  failures: ['over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const { name, description } = body;
    const input = { name, description, election: patternOf(body.election) };
    return replyWith(await engine.templates.create(identity.orgId, input, identity.id), (template) => ({
      status: 201,
      body: templateAsJson(template),
      headers: { location: `/v1/election-templates/${template.templateId}` },
    }));
  },
});

const get = operation({
  id: 'getTemplate',
  method: 'get',
  path: '/v1/election-templates/{template_id}',
  tag: 'Templates',
  summary: 'Read a template',
  permission: 'templates.read',
  params: templateParams,
  success: { 200: { description: 'The template.', schema: templateView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.templates.get(identity.orgId, params.template_id), (template) => ({
      status: 200,
      body: templateAsJson(template),
    })),
});

const edit = operation({
  id: 'editTemplate',
  method: 'patch',
  path: '/v1/election-templates/{template_id}',
  tag: 'Templates',
  summary: 'Change a template',
  description: 'What is left out stays. election is replaced as a whole. Built-in templates cannot be changed.',
  permission: 'templates.manage',
  params: templateParams,
  body: templateChanges,
  success: { 200: { description: 'The template as it is now.', schema: templateView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const { name, description, election } = body;
    const changes = { name, description, election: election === undefined ? undefined : patternOf(election) };
    return replyWith(await engine.templates.edit(identity.orgId, params.template_id, changes), (template) => ({
      status: 200,
      body: templateAsJson(template),
    }));
  },
});

const remove = operation({
  id: 'deleteTemplate',
  method: 'delete',
  path: '/v1/election-templates/{template_id}',
  tag: 'Templates',
  summary: 'Delete a template',
  description: 'Elections that were made from it stay as they are.',
  permission: 'templates.manage',
  params: templateParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.templates.remove(identity.orgId, params.template_id), () => ({ status: 204 })),
});

/** A template with what differs from it; options of a method that is replaced stay behind. */
function electionFrom(
  { election }: Template,
  body: FromTemplateBody,
  meetingId: string | undefined,
): NewElection | null {
  const changes = changesOf(body);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const merged = { ...election, ...given } as ElectionPattern;
  const { title, method } = merged;
  const options = merged.options ?? (method.method === 'motion' ? MOTION_OPTIONS : undefined);
  if (title === undefined || options === undefined) return null;
  return { ...merged, title, options, meetingId };
}

const use = operation({
  id: 'createElectionFromTemplate',
  method: 'post',
  path: '/v1/election-templates/{template_id}/elections',
  tag: 'Templates',
  summary: 'Create an election from a template',
  description:
    'As the template has it, with what you send instead. A title and options are needed from one of the two.',
  permission: 'elections.create',
  params: templateParams,
  body: fromTemplate,
  creates: true,
  success: { 201: { description: 'The draft.', schema: electionView } },
  failures: ['not_found', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const template = await engine.templates.get(identity.orgId, params.template_id);
    if (!template.ok) return template;
    const meeting = listInReach(identity, body.meeting_id ?? undefined);
    if (!meeting.ok) return meeting;
    const input = electionFrom(template.value, body, meeting.value);
    if (input === null) {
      const missing = body.title === undefined && template.value.election.title === undefined ? 'title' : 'options';
      const fields = [{ path: missing, problem: 'is missing; the template has none' }] as const;
      return decline('invalid_input', `The template has no ${missing}: send it.`, { fields });
    }
    return replyWith(await engine.elections.create(identity.orgId, input, identity.id), made);
  },
});

export const templateOperations: readonly Operation[] = [list, create, get, edit, remove, use];

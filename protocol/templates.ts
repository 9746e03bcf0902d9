import { z } from 'zod';
import { electionPattern } from './elections.ts';
import { pageOf } from './page.ts';
import { plainLine } from './plain-line.ts';
import { id, moment, text } from './text.ts';

const election = electionPattern.meta({
  id: 'ElectionPattern',
  description: 'An election without its times and its meeting. A title and options may be left to the moment.',
});

export const templateId = z
  .string()
  .regex(
    /^(?:[a-z]+(?:-[a-z]+)*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    'is no template id: a UUID in small letters, or the name of a built-in template',
  )
  .meta({ description: 'Id of an own template, or the name of a built-in one.', example: 'motion' });

export const newTemplate = z
  .strictObject({ name: plainLine(1, 200), description: text(0, 2_000).optional(), election })
  .meta({
    id: 'NewTemplate',
    example: {
      name: 'Board election',
      description: 'Two seats, secret, the whole membership.',
      election: { method: { method: 'stv', settings: { seats: 2 } }, roll: 'members', visibility: 'hidden' },
    },
  });

export const templateChanges = z
  .strictObject({
    name: plainLine(1, 200).optional(),
    description: text(0, 2_000).optional(),
    election: election.optional(),
  })
  .meta({ id: 'TemplateChanges', example: { name: 'Board election, two seats' } });

export const templateView = z
  .strictObject({
    template_id: templateId,
    name: z.string(),
    description: z.string(),
    built_in: z.boolean().meta({ description: 'Everybody has it; it cannot be changed.' }),
    election,
    created_at: moment.nullable().meta({ description: 'null for built-in ones.' }),
  })
  .meta({ id: 'Template' });
export const templatePage = pageOf(templateView, 'TemplatePage');
export type TemplateView = z.infer<typeof templateView>;

/** What makes an election of a template: its title (where the template has none) and whatever differs. */
export const fromTemplate = z
  .strictObject({
    meeting_id: id.nullable().optional(),
    ...electionPattern.partial().shape,
  })
  .meta({
    id: 'FromTemplate',
    description: 'What differs from the template; a title where it has none, options where its method needs them.',
    example: {
      title: 'Board 2026',
      options: [
        { id: 'ada', title: 'Ada' },
        { id: 'grace', title: 'Grace' },
      ],
    },
  });
export type FromTemplateBody = z.output<typeof fromTemplate>;

import { z } from 'zod';
import { plainLine } from './plain-line.ts';
import { id, text } from './text.ts';

/** Items of one agenda; a long assembly has some dozens. */
const AGENDA_MAX_ITEMS = 300;

const kind = z
  .enum(['text', 'election', 'break', 'speakers'])
  .meta({ description: "'election' shows the election of election_id; 'speakers' the list of speakers." });
const title = plainLine(1, 200);
const body = text(0, 5_000).meta({ description: 'More words; line breaks stay.' });
const minutes = z.int().min(1).max(1_440).nullable().meta({ description: 'How long it is planned to take.' });
const election = id.nullable().meta({ description: "An election of this meeting; with kind 'election'." });
const position = z
  .int()
  .min(0)
  .max(AGENDA_MAX_ITEMS)
  .meta({ description: 'Place in the order, 0 first; past the end is last.' });

export const newAgendaItem = z
  .strictObject({
    kind,
    title,
    body: body.optional(),
    minutes: minutes.optional(),
    election_id: election.optional(),
    position: position.optional(),
  })
  .refine((item) => item.kind === 'election' || item.election_id == null, {
    path: ['election_id'],
    error: "goes with kind 'election' only",
  })
  .meta({ id: 'NewAgendaItem', example: { kind: 'text', title: 'Welcome', minutes: 10 } });

export const agendaItemChange = z
  .strictObject({
    title: title.optional(),
    body: body.optional(),
    minutes: minutes.optional(),
    election_id: election.optional(),
    position: position.optional(),
  })
  .meta({
    id: 'AgendaItemChange',
    description: 'What is left out stays as it is; null takes away.',
    example: { position: 2 },
  });

const agendaItem = z
  .strictObject({
    item_id: id,
    kind,
    title: z.string(),
    body: z.string(),
    minutes,
    election_id: election,
  })
  .meta({
    id: 'AgendaItem',
    example: {
      item_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a41',
      kind: 'election',
      title: 'Board',
      body: '',
      minutes: 20,
      election_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a11',
    },
  });
export type AgendaItemView = z.infer<typeof agendaItem>;

/** The whole agenda: every change answers it. */
export const agendaView = z
  .strictObject({
    items: z.array(agendaItem).meta({ description: 'In their order.' }),
    current_item_id: id.nullable().meta({ description: 'Where the meeting is; null before the first item.' }),
  })
  .meta({ id: 'Agenda' });
export type AgendaView = z.infer<typeof agendaView>;

export const agendaOrder = z
  .strictObject({
    items: z.array(id).max(AGENDA_MAX_ITEMS).meta({ description: 'Every item of the agenda, each once.' }),
  })
  .meta({ id: 'AgendaOrder', example: { items: ['0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a41'] } });

export const currentItem = z
  .strictObject({ item_id: id.nullable().meta({ description: 'null: none.' }) })
  .meta({ id: 'CurrentItem', example: { item_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a41' } });

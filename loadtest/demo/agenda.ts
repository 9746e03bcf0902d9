import type { NewElectionInput } from '../../client/index.ts';

/** An election of the demo meeting; the chair adds meeting and roll. */
export type AgendaItem = Pick<NewElectionInput, 'title' | 'description' | 'method' | 'options'> & {
  readonly visibility: 'live' | 'count' | 'hidden';
};

const named = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([id, title]) => ({ id, title }));

/** One of most kinds. A short meeting takes the first ones. */
export const AGENDA: readonly AgendaItem[] = [
  {
    title: 'Shall we adopt the annual report?',
    description: 'Yes, no or abstain.',
    method: { method: 'motion', settings: {} },
    visibility: 'live',
  },
  {
    title: 'Which evenings suit you for rehearsals?',
    description: 'Mark every evening that suits you.',
    method: { method: 'choose', settings: { min: 1, max: 4 } },
    options: named({ monday: 'Monday', tuesday: 'Tuesday', thursday: 'Thursday', sunday: 'Sunday' }),
    visibility: 'live',
  },
  {
    title: 'Who chairs the association?',
    description: 'Rank as many as you like, best first. The count goes on until one has more than half.',
    method: { method: 'irv', settings: {} },
    options: named({ amara: 'Amara Osei', bruno: 'Bruno Keller', chloe: 'Chloé Martin', dmitri: 'Dmitri Volkov' }),
    visibility: 'count',
  },
  {
    title: 'How do we spend the garden fund?',
    description: 'Spread up to 10 points over the projects.',
    method: { method: 'points', settings: { total: 10 } },
    options: named({ pond: 'A pond', pergola: 'A pergola', tools: 'New tools', beehives: 'Beehives' }),
    visibility: 'live',
  },
  {
    title: 'Who joins the committee?',
    description: 'Three seats, by single transferable vote. Rank as many as you like, best first.',
    method: { method: 'stv', settings: { seats: 3 } },
    options: named({
      elif: 'Elif Demir',
      farid: 'Farid Haddad',
      greta: 'Greta Lind',
      hana: 'Hana Novak',
      ivo: 'Ivo Petrov',
      june: 'June Walsh',
    }),
    visibility: 'count',
  },
  {
    title: 'How good are these names for our newsletter?',
    description: 'Give each name a grade. The best median wins.',
    method: { method: 'judgment', settings: {} },
    options: named({ lantern: 'The Lantern', weathervane: 'The Weathervane', doorbell: 'The Doorbell' }),
    visibility: 'hidden',
  },
];

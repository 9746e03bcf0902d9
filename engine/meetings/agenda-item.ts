export type AgendaItemKind = 'text' | 'election' | 'break' | 'speakers';

export interface AgendaItem {
  readonly itemId: string;
  readonly kind: AgendaItemKind;
  readonly title: string;
  readonly body: string;
  /** how long it is planned to take */
  readonly minutes: number | null;
  /** of an item of that kind; null once it was deleted */
  readonly electionId: string | null;
}

export interface Agenda {
  readonly items: readonly AgendaItem[];
  readonly currentItemId: string | null;
  /** those elections of its items that are open or have been */
  readonly opened: ReadonlySet<string>;
}

export interface NewAgendaItem {
  readonly kind: AgendaItemKind;
  readonly title: string;
  readonly body?: string | undefined;
  readonly minutes?: number | null | undefined;
  readonly electionId?: string | null | undefined;
  /** place in the order from 0; past the end, or left out: last */
  readonly position?: number | undefined;
}

/** What is left out stays as it is. */
export type AgendaItemChange = Omit<NewAgendaItem, 'kind' | 'title'> & { readonly title?: string | undefined };

import type { AgendaView } from '../../../protocol/agenda.ts';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { type Submission, useSubmission } from '../../ui/submission.ts';

export interface AgendaActs {
  readonly form: Submission;
  /** Where the meeting is now; null: before the first item. */
  setCurrent(itemId: string | null): Promise<boolean>;
  add(item: object): Promise<boolean>;
  move(itemId: string, place: number): Promise<boolean>;
  remove(itemId: string): Promise<boolean>;
}

/** Changes to the agenda: each answers the whole of it, which is shown at once. */
export function useAgendaActs(live: LiveMeeting): AgendaActs {
  const form = useSubmission('agenda');
  const path = `/v1/meetings/${live.meetingId}/agenda`;
  const act = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', to: string, body?: object) =>
    form.submit([], async () => {
      live.agenda.value = await live.http.call<AgendaView>({ method, path: path + to, body });
    });
  return {
    form,
    setCurrent: (itemId) => act('PUT', '/current', { item_id: itemId }),
    add: (item) => act('POST', '', item),
    move: (itemId, position) => act('PATCH', `/${itemId}`, { position }),
    remove: (itemId) => act('DELETE', `/${itemId}`),
  };
}

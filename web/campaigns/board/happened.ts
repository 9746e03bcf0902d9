import { useEffect, useState } from 'preact/hooks';
import type { IdeaStatus, IdeaView } from '../../../protocol/ideas.ts';
import type { LiveCampaign } from '../live/live-campaign.ts';

/** What an idea is at from an event on. */
const STATUS_AFTER: Readonly<Record<string, IdeaStatus>> = {
  'idea.accepted': 'accepted',
  'idea.started': 'in_progress',
  'idea.completed': 'complete',
  'idea.rejected': 'rejected',
  'idea.merged': 'rejected',
};

export interface Happened {
  /** ideas as the events since have left them */
  readonly ideas: readonly IdeaView[];
  /** ideas that were approved since and stand not in the list */
  readonly arrived: number;
  readonly forget: () => void;
}

/** A list of ideas that was read, with what has happened to them since: their rows stay where they are. */
export function useHappened(live: LiveCampaign, read: readonly IdeaView[]): Happened {
  const [changed, setChanged] = useState<ReadonlyMap<string, Partial<IdeaView>>>(new Map());
  const [approved, setApproved] = useState<readonly string[]>([]);
  const events = live.events.value;
  const [before] = useState(events); // what was read knows of these
  useEffect(() => {
    if (events === before) return;
    for (const { kind, idea, into } of events) {
      const status = STATUS_AFTER[kind];
      if (idea === undefined) continue;
      if (kind === 'idea.approved') setApproved((before) => [...new Set([...before, idea])]);
      if (status === undefined) continue;
      setChanged((before) =>
        new Map(before).set(idea, { status, ...(into === undefined ? {} : { merged_into: into }) }),
      );
    }
  }, [events]);
  return {
    ideas: read.map((idea) => ({ ...idea, ...changed.get(idea.id) })),
    arrived: approved.filter((id) => !read.some((idea) => idea.id === id)).length,
    forget: () => {
      setChanged(new Map());
      setApproved([]);
    },
  };
}

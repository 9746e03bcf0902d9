export type MeetingState = 'planned' | 'live' | 'ended';

/** What moderators decide about a meeting. */
export interface MeetingSettings {
  readonly title: string;
  /** when it is planned to begin; nothing starts by itself */
  readonly startsAt: Date | null;
  readonly guestsAllowed: boolean;
  /** whoever joins waits until a moderator admits them */
  readonly waitingRoom: boolean;
  readonly nameRequired: boolean;
  /** proxies that one member may hold in it; null: as the organisation has it */
  readonly proxyLimit: number | null;
  readonly speakersOpen: boolean;
  /** how long one may speak; null: without a clock */
  readonly speakerSeconds: number | null;
  /** longest list of those who wait to speak; null: the product's bound */
  readonly speakersMax: number | null;
}

export interface Meeting extends MeetingSettings {
  readonly meetingId: string;
  readonly orgId: string;
  readonly joinCode: string;
  readonly state: MeetingState;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** once it has ended: until when attendees keep their sessions */
  readonly sessionsEndAt: Date | null;
  readonly createdAt: Date;
}

type Optional<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

export type NewMeeting = Optional<MeetingSettings> & { readonly title: string };
/** What is left out stays as it is. */
export type MeetingChange = Optional<MeetingSettings>;

/** How many are here, and what they weigh. */
export interface Presence {
  /** people with a connection open, admitted */
  readonly count: number;
  /** each once, by the highest role */
  readonly byRole: {
    readonly moderators: number;
    readonly auditors: number;
    readonly members: number;
    readonly guests: number;
  };
  /** members who are not here, but whose proxy is held here */
  readonly represented: number;
  /** micro-units: members here and those represented, and one vote a guest */
  readonly weightMicro: bigint;
  /** the same without guests */
  readonly memberWeightMicro: bigint;
  /** people in the waiting room */
  readonly waiting: number;
}

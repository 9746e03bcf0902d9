export interface Speaker {
  readonly speakerId: string;
  readonly attendeeId: string;
  readonly name: string;
  readonly state: 'waiting' | 'speaking';
  readonly askedAt: Date;
  readonly startedAt: Date | null;
}

export interface SpeakerList {
  readonly open: boolean;
  /** how long one may speak; null: without a clock */
  readonly seconds: number | null;
  readonly items: readonly Speaker[];
}

export interface Meeting {
  readonly meetingId: string;
  readonly orgId: string;
  readonly title: string;
  readonly joinCode: string;
  readonly createdAt: Date;
}

export interface Joined {
  /** shown once; only its hash is stored */
  readonly sessionToken: string;
  readonly expiresAt: Date;
  readonly attendeeId: string;
  readonly meeting: Meeting;
}

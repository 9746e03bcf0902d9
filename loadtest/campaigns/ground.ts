/** A simulated member who is signed in. */
export interface Participant {
  readonly userId: string;
  readonly name: string;
  /** a new one, good for 15 minutes */
  accessToken(): Promise<string>;
}

/** What whoever runs an installation lends to a campaign of simulated people. */
export interface CampaignGround {
  readonly httpUrl: string;
  /** of an administrator of the organisation; gone when the campaign is over */
  readonly adminKey: string;
  /** New members, one a name. */
  people(names: readonly string[]): Promise<Participant[]>;
  /** They join the campaign (by its id), all at once. */
  join(campaignId: string, people: readonly Participant[]): Promise<void>;
  /** How many contradictions there are between ledger, purses, allocations and log. */
  audit(campaignId: string): Promise<number>;
}

export interface Group {
  readonly groupId: string;
  readonly name: string;
  /** how many members are in it, whatever their status */
  readonly members: number;
  readonly createdAt: Date;
}

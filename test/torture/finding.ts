export const FINDING_KINDS = ['lost', 'doubled', 'wrong card', 'stuck', 'not known', 'unattributed'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A promise that was broken, or, for `not known`, a result that the bot honestly says it does not know. */
export interface Finding {
  kind: FindingKind;
  /** Ids of the changes it is about, the one that suffered first. */
  changes: string[];
  skillId: string | undefined;
  text: string;
}

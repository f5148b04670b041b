import { withoutSync } from './dialect.ts';
import type { Database } from './schema.ts';

export type SkillLeasesRepository = ReturnType<typeof skillLeasesRepository>;

/**
 * Who may write a skill at the moment: one holder at a time across replicas. A crash of the machine may take leases back:
 * with it their holders are gone. Times in milliseconds.
 */
export const skillLeasesRepository = (db: Database) => ({
  /** True when `holder` has the skill from now until `until`. */
  async acquire(skillKey: string, holder: string, now: number, until: number): Promise<boolean> {
    const row = await withoutSync(db, (unsynced) =>
      unsynced
        .insertInto('skill_leases')
        .values({ skill_key: skillKey, holder, until })
        .onConflict((conflict) =>
          conflict
            .column('skill_key')
            .doUpdateSet({ holder, until })
            .where((where) =>
              where.or([where('skill_leases.until', '<=', now), where('skill_leases.holder', '=', holder)]),
            ),
        )
        .returning('holder')
        .executeTakeFirst(),
    );
    return row?.holder === holder;
  },

  async renew(holder: string, until: number): Promise<void> {
    await db.updateTable('skill_leases').set({ until }).where('holder', '=', holder).execute();
  },

  async release(skillKey: string, holder: string): Promise<void> {
    await withoutSync(db, (unsynced) =>
      unsynced.deleteFrom('skill_leases').where('skill_key', '=', skillKey).where('holder', '=', holder).execute(),
    );
  },
});

import { UNSYNCED } from './dialect.ts';
import { type Parameter, prepared } from './prepared.ts';
import type { Database } from './schema.ts';

export type SkillLeasesRepository = ReturnType<typeof skillLeasesRepository>;

/**
 * Who may write a skill at the moment: one holder at a time across replicas. A crash of the machine may take leases back:
 * with it their holders are gone. Times in milliseconds.
 */
export const skillLeasesRepository = (db: Database) => {
  const statements = leaseStatements(db);
  return {
    /** True when `holder` has the skill from now until `until`. */
    async acquire(skillKey: string, holder: string, now: number, until: number): Promise<boolean> {
      const { rows } = await statements.acquire({ skillKey, holder, now, until });
      return rows[0]?.holder === holder;
    },

    /** Who has these skills at the moment. */
    async holders(skillKeys: readonly string[], now: number): Promise<string[]> {
      if (skillKeys.length === 0) return [];
      const held = db.selectFrom('skill_leases').select('holder').where('skill_key', 'in', skillKeys);
      const rows = await held.where('until', '>', now).execute();
      return rows.map(({ holder }) => holder);
    },

    /** What `holder` has stays theirs until `until`. */
    async setUntil(holder: string, until: number): Promise<void> {
      await db.updateTable('skill_leases').set({ until }).where('holder', '=', holder).execute();
    },

    /** The same for several, unless it stays theirs for longer anyway. */
    async extend(holders: readonly string[], until: number): Promise<void> {
      if (holders.length === 0) return;
      await db
        .updateTable('skill_leases')
        .set({ until })
        .where('holder', 'in', holders)
        .where('until', '<', until)
        .execute();
    },

    async release(skillKey: string, holder: string): Promise<void> {
      await statements.release({ skillKey, holder });
    },
  };
};

interface Hold {
  skillKey: string;
  holder: string;
}

const leaseStatements = (db: Database) => ({
  acquire: prepared(db, (parameter: Parameter<Hold & { now: number; until: number }>) =>
    db
      .insertInto('skill_leases')
      .values({ skill_key: parameter('skillKey'), holder: parameter('holder'), until: parameter('until') })
      .onConflict((conflict) =>
        conflict
          .column('skill_key')
          .doUpdateSet({ holder: parameter('holder'), until: parameter('until') })
          .where((where) =>
            where.or([
              where('skill_leases.until', '<=', parameter('now')),
              where('skill_leases.holder', '=', parameter('holder')),
            ]),
          ),
      )
      .returning('holder')
      .modifyEnd(UNSYNCED),
  ),

  release: prepared(db, (parameter: Parameter<Hold>) =>
    db
      .deleteFrom('skill_leases')
      .where('skill_key', '=', parameter('skillKey'))
      .where('holder', '=', parameter('holder'))
      .modifyEnd(UNSYNCED),
  ),
});

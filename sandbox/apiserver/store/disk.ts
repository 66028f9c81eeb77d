import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { codeOf, messageOf, WorkshopError } from '../../../lib/errors.ts';
import type { StoredObject } from '../kinds/kind.ts';

/** One object's place and its new state; undefined: it is gone. */
export interface Change {
  readonly plural: string;
  readonly key: string;
  readonly object: StoredObject | undefined;
}

/** The durable copy of everything stored. */
export interface Disk {
  /** Every object there is, and the last revision given out. */
  load(): Promise<{ objects: Change[]; revision: number }>;
  /**
   * All changes or none; resolves when they would survive a crash. When it throws, they may or may not be there after
   * a restart: the caller repeats what should be there with its next commit.
   */
  commit(changes: readonly Change[], revision: number): Promise<void>;
  close(): Promise<void>;
}

type Level = ClassicLevel<string, string>;

const objectPrefix = 'o!';
const revisionKey = 'm!revision';

/**
 * Opens (or makes) the database in `folder`; other users cannot read it. After a failed write LevelDB's log may end in a
 * torn record, and a reader would drop what follows it: so the database is opened anew before the next write.
 * Throws WorkshopError `environment` when the folder cannot be used.
 */
export async function openDisk(folder: string): Promise<Disk> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let db: Level = await open(folder);
  let torn = false;

  return {
    load: () => load(db),
    async commit(changes, revision) {
      if (torn) {
        await db.close().catch(() => {});
        db = await open(folder);
        torn = false;
      }
      try {
        await db.batch([...changes.map(toOperation), revisionOperation(revision)], { sync: true });
      } catch (error) {
        torn = true;
        throw error;
      }
    },
    close: () => db.close(),
  };
}

async function open(folder: string): Promise<Level> {
  const db: Level = new ClassicLevel(folder, { writeBufferSize: 1024 * 1024, cacheSize: 256 * 1024 });
  try {
    await db.open();
    return db;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const why = codeOf(cause) === 'LEVEL_LOCKED' ? 'another API server uses it' : messageOf(cause);
    throw new WorkshopError('environment', `could not open the database ${folder}: ${why}`, { cause: error });
  }
}

async function load(db: Level): Promise<{ objects: Change[]; revision: number }> {
  const objects: Change[] = [];
  for await (const [path, text] of db.iterator({ gte: objectPrefix, lt: 'o"' })) {
    const [, plural = '', key = ''] = path.split('!');
    objects.push({ plural, key, object: JSON.parse(text) as StoredObject });
  }
  return { objects, revision: Number((await db.get(revisionKey)) ?? 0) };
}

function toOperation({ plural, key, object }: Change) {
  const path = `${objectPrefix}${plural}!${key}`;
  return object
    ? { type: 'put' as const, key: path, value: JSON.stringify(object) }
    : { type: 'del' as const, key: path };
}

function revisionOperation(revision: number) {
  return { type: 'put' as const, key: revisionKey, value: String(revision) };
}

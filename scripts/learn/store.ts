import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { codeOf } from '../../lib/errors.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { type CourseEvent, type CourseProgress, type NewEvent, progressOf } from './events.ts';

/** The files of a learner's progress; `workshop down` leaves them. */
export const courseFiles = ['progress.json', 'events.jsonl'] as const;

/** A learner's progress on the disk: every event appended, and what they come to written whole beside them. */
export interface CourseStore {
  readonly progressFile: string;
  events(): CourseEvent[];
  progress(): CourseProgress;
  /** Keeps what the learner did; its time is now. */
  record(event: NewEvent): CourseProgress;
  /** Forgets everything. */
  clear(): void;
}

/** The progress kept for a cluster. Works while the cluster is down. */
export function openStore(paths: ClusterPaths): CourseStore {
  const [progressFile, eventsFile] = courseFiles.map((name) => join(paths.root, name)) as [string, string];

  function progress(): CourseProgress {
    // The events are the truth; the other file is for programs, and for the day when somebody deleted them.
    if (existsSync(eventsFile)) return progressOf(readEvents(eventsFile));
    return readProgress(progressFile) ?? progressOf([]);
  }

  return {
    progressFile,
    events: () => readEvents(eventsFile),
    progress,
    record(event) {
      mkdirSync(paths.root, { recursive: true, mode: 0o700 });
      const line = JSON.stringify({ at: new Date().toISOString(), ...event });
      // One write with O_APPEND: two commands at once do not mix. A torn line before it must not swallow this one.
      const start = endsInMidLine(eventsFile) ? '\n' : '';
      appendFileSync(eventsFile, `${start}${line}\n`, { mode: 0o600 });
      const now = progress();
      writeFileAtomically(progressFile, `${JSON.stringify(now, null, 2)}\n`);
      return now;
    },
    clear() {
      for (const file of [progressFile, eventsFile]) rmSync(file, { force: true });
    },
  };
}

/** The events of a file; lines that a full disk or a crash left damaged are passed over. */
export function parseEvents(text: string): CourseEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      const event = JSON.parse(line) as Partial<CourseEvent> | null;
      const whole = typeof event?.at === 'string' && typeof event.step === 'string' && event.kind;
      return whole ? [event as CourseEvent] : [];
    } catch {
      return [];
    }
  });
}

function readEvents(file: string): CourseEvent[] {
  return parseEvents(readIfThere(file) ?? '');
}

function endsInMidLine(file: string): boolean {
  const text = readIfThere(file);
  return text !== undefined && text !== '' && !text.endsWith('\n');
}

function readProgress(file: string): CourseProgress | undefined {
  try {
    const value = JSON.parse(readIfThere(file) ?? '') as CourseProgress;
    return value.version === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

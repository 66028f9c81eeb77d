/** One record of a log file in the format of the Container Runtime Interface. */
export interface LogRecord {
  /** RFC 3339 with nanoseconds. */
  time: string;
  stream: string;
  /** False: the line goes on in the next record. */
  full: boolean;
  text: Buffer;
}

export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines: number | undefined;
  /** Milliseconds since the epoch. */
  since: number;
  limitBytes: number;
  stream: 'stdout' | 'stderr' | undefined;
}

/** The options in the query of a log request. */
export function logOptions(query: URLSearchParams, now: number): LogOptions {
  const isTrue = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const seconds = number('sinceSeconds');
  const time = query.get('sinceTime');
  const stream = query.get('stream')?.toLowerCase();
  return {
    follow: isTrue('follow'),
    previous: isTrue('previous'),
    timestamps: isTrue('timestamps'),
    tailLines: number('tailLines') ?? number('tail'),
    since: time ? Date.parse(time) : seconds === undefined ? 0 : now - seconds * 1000,
    limitBytes: number('limitBytes') ?? Number.POSITIVE_INFINITY,
    stream: stream === 'stdout' || stream === 'stderr' ? stream : undefined,
  };
}

/** Reads one line of a log file; undefined when it is not a record. */
export function parseRecord(line: Buffer): LogRecord | undefined {
  const [first, second, third] = [0, 1, 2].reduce<number[]>((at) => {
    return [...at, line.indexOf(32, (at.at(-1) ?? -1) + 1)];
  }, []);
  if (
    first === undefined ||
    second === undefined ||
    third === undefined ||
    third <= second ||
    second <= first
  ) {
    return undefined;
  }
  return {
    time: line.toString('latin1', 0, first),
    stream: line.toString('latin1', first + 1, second),
    full: line.toString('latin1', second + 1, third) === 'F',
    text: line.subarray(third + 1),
  };
}

/** The records that are asked for: stream, time, and of those the last lines. */
export function selectRecords(records: readonly LogRecord[], options: LogOptions): LogRecord[] {
  const wanted = records.filter(({ stream, time }) => {
    return (
      (!options.stream || stream === options.stream) &&
      (options.since === 0 || Date.parse(time) >= options.since)
    );
  });
  const { tailLines } = options;
  if (tailLines === undefined) return wanted;
  let start = wanted.length;
  for (let lines = 0; start > 0; start--) {
    const before = wanted[start - 1];
    const endsLine = before?.full || start === wanted.length;
    if (endsLine && lines === tailLines) break;
    if (endsLine) lines++;
  }
  return wanted.slice(start);
}

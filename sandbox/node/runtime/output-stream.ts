/** What comes out of a container's pipe, with the mark that ends a run taken out. */
export interface OutputReader {
  feed(chunk: Buffer): void;
}

const markStart = Buffer.from('\0end ');

/**
 * Separates a container's output from the mark that its starter writes after the last byte: NUL, `end`, a space, the
 * run's random id, a line feed. `onEnd` gets the id.
 */
export function outputReader(onData: (data: Buffer) => void, onEnd: (run: string) => void): OutputReader {
  let held: Buffer = Buffer.alloc(0);

  function emit(data: Buffer): void {
    if (data.length > 0) onData(data);
  }

  function feed(chunk: Buffer): void {
    let rest = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    held = Buffer.alloc(0);
    for (let at = rest.indexOf(0); at >= 0; at = rest.indexOf(0)) {
      emit(rest.subarray(0, at));
      rest = rest.subarray(at);
      const found = parseMark(rest);
      if (found === 'incomplete') {
        held = rest;
        return;
      }
      if (found === 'none') {
        emit(rest.subarray(0, 1));
        rest = rest.subarray(1);
      } else {
        onEnd(found.run);
        rest = rest.subarray(found.length);
      }
    }
    emit(rest);
  }

  return { feed };
}

const runLength = 64;

function parseMark(data: Buffer): 'incomplete' | 'none' | { run: string; length: number } {
  const known = Math.min(data.length, markStart.length);
  if (!data.subarray(0, known).equals(markStart.subarray(0, known))) return 'none';
  const length = markStart.length + runLength + 1;
  const run = data.toString('latin1', markStart.length, markStart.length + runLength);
  if (!/^[0-9a-f]*$/.test(run)) return 'none';
  if (data.length < length) return 'incomplete';
  return data[length - 1] === 10 ? { run, length } : 'none';
}

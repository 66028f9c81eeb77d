/** When to look whether the rules are still right, by what the kernel tells of removals, our own among them. */
export interface Looks {
  /** A turn begins. */
  began(): void;
  /** A turn is over, which removed so many elements itself; undefined when nobody counted. */
  ended(removed: number | undefined): void;
  /** The kernel told of one removal. */
  noticed(): void;
  close(): void;
}

/**
 * `ask` is called at once when somebody else must have removed something; if it may have been our own last turn, then as soon as
 * things are quiet, and not at all when as many removals were heard of as were our own. At ten thousands of Services a look takes
 * longer than many changes, which would wait for it.
 */
export function createLooks(ask: () => void): Looks {
  let busy = true;
  let endedAt = 0;
  let heard = 0;
  let own = 0;
  let later: NodeJS.Timeout | undefined;

  function forget(): void {
    clearTimeout(later);
    later = undefined;
    heard = 0;
    own = 0;
  }

  function look(): void {
    forget();
    ask();
  }

  function lookLater(): void {
    clearTimeout(later);
    later = setTimeout(() => (heard === own ? forget() : look()), quietMs);
  }

  return {
    began() {
      busy = true;
      clearTimeout(later);
    },
    ended(removed) {
      busy = false;
      endedAt = performance.now();
      own += removed ?? Number.NaN;
      if (heard > 0) lookLater();
    },
    noticed() {
      heard++;
      if (busy) return;
      if (heard <= own || performance.now() - endedAt <= ownEchoMs) lookLater();
      else look();
    },
    close: forget,
  };
}

/** So long after a turn the kernel may still be telling of it. */
const ownEchoMs = 50;

const quietMs = 500;

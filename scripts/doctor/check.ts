/** One thing that the workshop needs of the machine. */
export interface Finding {
  /** Stable, for scripts. */
  readonly id: string;
  readonly ok: boolean;
  /** True when `up` cannot work without it. */
  readonly required: boolean;
  readonly message: string;
  /** What to type. */
  readonly advice?: string | undefined;
}

/** A finding that all is well. */
export function good(id: string, message: string): Finding {
  return { id, ok: true, required: true, message };
}

/** A finding without which the workshop does not work. */
export function bad(id: string, message: string, advice?: string): Finding {
  return { id, ok: false, required: true, message, advice };
}

/** A finding that the workshop can do without. */
export function remark(id: string, message: string, advice?: string): Finding {
  return { id, ok: false, required: false, message, advice };
}

/** One of the sandbox's processes, for example `apiserver`, `controllers`, `node@worker-node01`, `proxy@worker-node01`. */
export interface ComponentStatus {
  name: string;
  state: 'running' | 'waiting' | 'stopped';
  ready: boolean;
  /** Process id inside the sandbox's own pid namespace. */
  pid?: number | undefined;
  /** How often it was started again after it had ended by itself. */
  restarts: number;
  /** When the running process was started (RFC 3339). */
  startedAt?: string | undefined;
  /** Why it ended last. */
  lastExit?: string | undefined;
}

/** Stops and starts single processes of the sandbox. */
export interface Components {
  status(): Promise<readonly ComponentStatus[]>;
  /** Ends it (SIGTERM) and keeps it stopped. Resolves when it is gone. */
  stop(name: string): Promise<void>;
  /** Starts a stopped one again. Resolves when it is ready. */
  start(name: string): Promise<void>;
  /** Sends it a signal, by default SIGKILL; it is started again as after any end. */
  kill(name: string, signal?: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

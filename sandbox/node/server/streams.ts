/** What exec and attach need of a connection to the client, whichever protocol carries it. */
export interface RemoteStreams {
  /** Input from the client; undefined says that it has ended. */
  onStdin(listener: (data: Buffer | undefined) => void): void;
  onResize(listener: (size: { columns: number; rows: number }) => void): void;
  /** The client is gone. */
  onGone(listener: () => void): void;
  /** Resolves once the data is on its way and more may follow. */
  write(stream: 'stdout' | 'stderr', data: Buffer): Promise<void>;
  /** Stops (true) or resumes reading the client's input. */
  holdStdin(hold: boolean): void;
  /** Tells how it ended and closes. */
  finish(status: RemoteStatus): void;
}

export interface RemoteStatus {
  metadata: object;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: { causes: { reason: string; message: string }[] };
  code?: number;
}

/** The Status that tells a command's exit code, as in upstream remotecommand. */
export function exitStatus(exitCode: number): RemoteStatus {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** What ends a stream that failed for a reason other than the program's exit code. */
export function failureStatus(message: string): RemoteStatus {
  return { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
}

/** Reads a `resize` message. */
export function parseSize(data: Buffer): { columns: number; rows: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(data.toString()) as { Width?: number; Height?: number };
    return Width && Height ? { columns: Width, rows: Height } : undefined;
  } catch {
    return undefined;
  }
}

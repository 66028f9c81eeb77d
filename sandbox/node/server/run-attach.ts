import type { LiveContainer } from '../runtime/container.ts';
import type { StreamName } from '../runtime/log-file.ts';
import { connectTerminal } from './run-exec.ts';
import { exitStatus, failureStatus, type RemoteStreams } from './streams.ts';

/** Joins the client to a running container's own streams, until either goes. */
export async function runAttach(
  live: LiveContainer,
  options: { stdin: boolean; stdinOnce: boolean },
  streams: RemoteStreams,
): Promise<void> {
  const disconnect = live.run.tty ? attachTerminal(live, streams) : attachPipes(live, options, streams);
  if (!disconnect) {
    streams.finish(failureStatus("the container's terminal was lost when the node agent was restarted"));
    return;
  }
  const gone = new Promise<'gone'>((resolve) => streams.onGone(() => resolve('gone')));
  const outcome = await Promise.race([live.exited, gone]);
  disconnect();
  if (outcome === 'gone') {
    if (options.stdin && options.stdinOnce && !live.run.tty) live.input(undefined);
    return;
  }
  streams.finish(exitStatus(0));
}

function attachTerminal(live: LiveContainer, streams: RemoteStreams): (() => void) | undefined {
  return live.terminal && connectTerminal(live.terminal, streams);
}

function attachPipes(live: LiveContainer, options: { stdin: boolean }, streams: RemoteStreams): () => void {
  const onData = (stream: StreamName, data: Buffer) => void streams.write(stream, data);
  live.output.on('data', onData);
  if (options.stdin) streams.onStdin((data) => live.input(data));
  return () => live.output.off('data', onData);
}

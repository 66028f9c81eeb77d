/**
 * Runs on the node, as root: `node -e THIS` with a JSON object on its standard input. Puts files in place (each whole or not at
 * all), starts the unit anew and waits until the proxy says that it is healthy. Rules are not touched meanwhile: traffic flows on.
 * When it does not become healthy, what was there before is put back and started. All that happens here and not at the other end
 * of ssh, so that a lost connection leaves the node with the one or with the other. Prints one JSON object.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const { unit, files, program, ports, healthyWithinMs } = JSON.parse(fs.readFileSync(0, 'utf8'));
const before = files.map(({ file }) => ({ file, ...read(file) }));
const unitFile = files.find(({ file }) => file.endsWith('.service'));
const isFirst =
  unitFile !== undefined && before.find(({ file }) => file === unitFile.file).text === undefined;

void main().then((answer) => process.stdout.write(JSON.stringify(answer)));

async function main() {
  let why;
  try {
    for (const each of files) write(each);
    // It makes systemd read all units anew (systemctl(1)), which takes an emulated machine seconds.
    systemctl('enable', '--quiet', unit);
    systemctl('restart', unit);
    why = await healthy();
  } catch (error) {
    why = firstLine(error);
  }
  if (why === undefined) return { ok: true };
  try {
    await undo();
    return { ok: false, why, undone: true };
  } catch (error) {
    return { ok: false, why: `${why}; and then: ${firstLine(error)}`, undone: false };
  }
}

async function undo() {
  if (isFirst) {
    try {
      systemctl('disable', '--now', '--quiet', unit);
    } catch {}
    execFileSync(process.execPath, [program, '--cleanup'], { stdio: 'ignore', timeout: 60_000 });
  }
  for (const each of before) {
    if (each.text !== undefined) write(each);
    else fs.rmSync(each.file, { force: true });
  }
  for (const { file } of before) removeIfEmpty(path.dirname(file));
  systemctl('daemon-reload');
  if (!isFirst) systemctl('restart', unit);
}

/** Undefined when it is; else why not. */
async function healthy() {
  const deadline = Date.now() + healthyWithinMs;
  for (;;) {
    const began = Date.now();
    const why = await unwell().catch((error) => error.code ?? error.message);
    if (why === undefined) return undefined;
    if (restarts() >= 3) return lastWords();
    if (Date.now() > deadline)
      return `not at work after ${healthyWithinMs / 1000} s (${why}): ${lastWords()}`;
    // On a slow machine the looks would take the processor from the proxy that they wait for; but one that came at a bad moment, and
    // took long, says little about the next.
    const pauseMs = Math.min(Math.max(200, 5 * (Date.now() - began)), 3000);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** A mode is at work once the kernel has all rules; /healthz alone says nothing of the time before. */
async function unwell() {
  if (ports.configz !== undefined) {
    const { body } = await ask(ports.configz);
    if (JSON.parse(body).takeover?.mode === undefined) return 'no mode is at work';
  }
  if (ports.healthz !== undefined) {
    const { code } = await ask(ports.healthz);
    if (code !== 200) return `healthz answers ${code}`;
  }
  return isActive() ? undefined : 'it does not run';
}

function ask(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { timeout: 3000, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ code: response.statusCode, body }));
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error('silent')));
  });
}

function isActive() {
  try {
    return systemctl('is-active', unit).trim() === 'active';
  } catch {
    return false;
  }
}

function restarts() {
  const text = systemctl('show', '--property=NRestarts', unit);
  return Number(/NRestarts=(\d+)/.exec(text)?.[1] ?? 0);
}

function lastWords() {
  try {
    const args = ['--unit', unit, '--lines=20', '--output=cat', '--no-pager'];
    const lines = execFileSync('journalctl', args, { encoding: 'utf8', timeout: 10_000 }).split('\n');
    return (
      lines.filter((line) => /^proxy: |"level":"(error|warn)"/.test(line)).at(-1) ??
      'the proxy did not say why'
    );
  } catch {
    return 'the proxy did not say why';
  }
}

function systemctl(...args) {
  return execFileSync('systemctl', args, {
    encoding: 'utf8',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function read(file) {
  try {
    return { text: fs.readFileSync(file, 'utf8'), mode: fs.statSync(file).mode & 0o777 };
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function write({ file, text, mode }) {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const fresh = `${file}.new`;
  fs.rmSync(fresh, { force: true });
  const handle = fs.openSync(fresh, 'wx', mode);
  fs.writeSync(handle, text);
  fs.fchmodSync(handle, mode);
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  fs.renameSync(fresh, file);
}

function removeIfEmpty(folder) {
  try {
    if (path.basename(folder) === 'workshop-proxy') fs.rmdirSync(folder);
  } catch {}
}

function firstLine(error) {
  return String(error.stderr || error.message)
    .trim()
    .split('\n')[0];
}

import { expect } from 'chai';
import type { ContainerFacts } from '../../../../sandbox/node/pods/container-status.ts';
import type { Pod } from '../../../../sandbox/node/pods/pod.ts';
import { podStatus } from '../../../../sandbox/node/pods/pod-status.ts';

const now = '2026-01-01T00:00:10.000Z';
const base = { id: 'f'.repeat(64), image: 'i', imageId: 'i', restartCount: 0, startedAt: now, tty: false };
const record = { name: 'c', ...base, env: {}, workdir: '/', privileges: [] };
const exit = (exitCode: number) => ({ id: base.id, exitCode, reason: 'x', startedAt: now, finishedAt: now });
const none: ContainerFacts = { record: undefined, waiting: undefined, started: false, ready: false };
const running: ContainerFacts = { record, waiting: undefined, started: true, ready: true };
const ended = (code: number): ContainerFacts => ({ ...none, record: { ...record, exit: exit(code) } });
const crashing: ContainerFacts = { ...ended(1), waiting: { reason: 'CrashLoopBackOff' } };

function statusOf(facts: readonly ContainerFacts[], spec: object = {}, status?: Pod['status']) {
  const containers = facts.map((_, index) => ({ name: `c${index}`, image: 'i' }));
  const pod: Pod = { metadata: { name: 'p' }, spec: { containers, ...spec }, ...(status && { status }) };
  return podStatus(pod, {
    address: '172.16.0.2',
    nodeAddress: '192.168.56.10',
    startTime: now,
    sandboxReady: true,
    containers: new Map(facts.map((fact, index) => [`c${index}`, fact] as const)),
    now,
  });
}

const condition = (status: ReturnType<typeof statusOf>, type: string) => {
  return status.conditions?.find((candidate) => candidate.type === type);
};

describe("a pod's phase", () => {
  for (const [what, facts, policy, expected] of [
    ['nothing started', [none], 'Always', 'Pending'],
    ['one of two started', [running, none], 'Always', 'Pending'],
    ['all run', [running, running], 'Always', 'Running'],
    ['crashed, to be restarted', [crashing], 'Always', 'Running'],
    ['ended well, to be restarted', [ended(0)], 'Always', 'Running'],
    ['ended well', [ended(0), ended(0)], 'Never', 'Succeeded'],
    ['ended well', [ended(0)], 'OnFailure', 'Succeeded'],
    ['one failed', [ended(0), ended(1)], 'Never', 'Failed'],
    ['one failed, to be restarted', [ended(0), ended(1)], 'OnFailure', 'Running'],
    ['one still runs', [ended(1), running], 'Never', 'Running'],
  ] as const) {
    it(`${what}, restartPolicy ${policy}: ${expected}`, () => {
      expect(statusOf(facts, { restartPolicy: policy }).phase).to.equal(expected);
    });
  }

  it('stays when it is final', () => {
    expect(statusOf([none], {}, { phase: 'Failed' }).phase).to.equal('Failed');
  });

  it('is Pending while an init container works', () => {
    expect(statusOf([none], { initContainers: [{ name: 'i' }] }).phase).to.equal('Pending');
  });
});

describe("a pod's conditions", () => {
  it('are all True when all is well', () => {
    expect(statusOf([running]).conditions?.map(({ type, status }) => `${type}=${status}`)).to.deep.equal([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
  });

  it('name the containers that are not ready', () => {
    const status = statusOf([running, { ...running, ready: false }]);
    expect(condition(status, 'Ready')).to.include({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [c1]',
    });
  });

  it('keep the time of what has not changed, and conditions of others', () => {
    const old = '2025-01-01T00:00:00Z';
    const before = {
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: old },
        { type: 'ContainersReady', status: 'False', lastTransitionTime: old },
        { type: 'example.org/gate', status: 'True' },
      ],
    } as NonNullable<Pod['status']>;
    const status = statusOf([running], { readinessGates: [{ conditionType: 'example.org/gate' }] }, before);
    expect(condition(status, 'Ready')).to.include({ status: 'True', lastTransitionTime: old });
    expect(condition(status, 'ContainersReady')?.lastTransitionTime).to.equal('2026-01-01T00:00:10Z');
    expect(condition(status, 'example.org/gate')?.status).to.equal('True');
  });

  it('are not Ready while a readiness gate is not True', () => {
    const status = statusOf([running], { readinessGates: [{ conditionType: 'gate' }] });
    expect(condition(status, 'Ready')).to.include({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'corresponding condition of pod readiness gate "gate" does not exist.',
    });
    expect(condition(status, 'ContainersReady')?.status).to.equal('True');
  });

  it('say PodCompleted at the end', () => {
    const status = statusOf([ended(0)], { restartPolicy: 'Never' });
    expect(condition(status, 'Ready')).to.include({ status: 'False', reason: 'PodCompleted' });
  });
});

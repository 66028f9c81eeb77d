/** The options of a plain proxy, for tests of the backend. */
export const options = {
  scheduler: 'rr',
  masqueradeAll: false,
  detector: { kind: 'nodeCidr' },
  nodePortCidrs: 'primary',
  serviceCidrs: [],
} as const;

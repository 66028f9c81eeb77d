import { describeBehaviour } from './suite.ts';

describeBehaviour({ mode: 'nftables', timeoutMs: 120_000 });

import type { Family } from '../../../lib/ip.ts';

/** A table, as nft names it. */
export interface At {
  readonly ip: string;
  readonly table: string;
}

/** The words that differ between the table for IPv4 and the one for IPv6. */
export interface Words {
  readonly ip: 'ip' | 'ip6';
  readonly address: 'ipv4_addr' | 'ipv6_addr';
}

export function wordsOf(family: Family): Words {
  return family === 'IPv4' ? { ip: 'ip', address: 'ipv4_addr' } : { ip: 'ip6', address: 'ipv6_addr' };
}

/** A chain with its lines, to stand in a block. */
export function chain(name: string, lines: readonly string[]): string {
  return [`  chain ${name} {`, ...lines.map((line) => `    ${line}`), '  }'].join('\n');
}

/** A piece of a table's text; empty without parts. */
export function block(ip: string, table: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `table ${ip} ${table} {\n${parts.join('\n')}\n}\n`;
}

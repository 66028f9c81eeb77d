/** A DNS record; names in lower case, without a dot at the end. */
export type ZoneRecord =
  | { type: 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'NS'; name: string; data: string }
  | { type: 'TXT'; name: string; data: string }
  | { type: 'SRV'; name: string; data: { priority: number; weight: number; port: number; target: string } }
  | { type: 'SOA'; name: string; data: SoaData };

interface SoaData {
  mname: string;
  rname: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
}

/** Seconds that clients may keep an answer (the default of CoreDNS' kubernetes plugin). */
export const ttlSeconds = 5;

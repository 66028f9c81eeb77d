/** Every message begins with so many bytes (RFC 1035 4.1.1). */
export const headerLength = 12;

export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
};

export type RcodeName = keyof typeof rcodes;

/** A request that is refused; the message goes to the client as it is. */
export class HttpFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

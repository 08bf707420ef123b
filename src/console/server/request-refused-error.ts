/** A request of the page is refused. The page shows the message, so it contains nothing of an item. */
export class RequestRefusedError extends Error {
  /** 400: the input is wrong. 409: the input is right, but not possible now. The other numbers are of the server itself. */
  readonly status: 400 | 404 | 405 | 409 | 413 | 415;

  constructor(status: RequestRefusedError['status'], message: string) {
    super(message);
    this.name = 'RequestRefusedError';
    this.status = status;
  }
}

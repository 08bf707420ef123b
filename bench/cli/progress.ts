/** Shows progress as one line on stderr, rewritten in place; silent without a terminal. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt: number = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    if (!this.#stream.isTTY) return;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    this.#stream.clearLine(0);
    this.#stream.cursorTo(0);
    this.#stream.write(`${seconds} s  ${text}`.slice(0, this.#stream.columns - 1));
  }

  clear(): void {
    if (!this.#stream.isTTY) return;
    this.#stream.clearLine(0);
    this.#stream.cursorTo(0);
  }
}

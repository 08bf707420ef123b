/** Characters of an error's message, and of its stack, that the console keeps. */
export const MAX_CHARACTERS = 16_384;

/** Cuts a long text. Its ending says how many characters are left out. */
export function boundedText(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : cut(text, MAX_CHARACTERS, text.length);
}

/** Cuts a long stack in its middle: the frames are at the end, behind the message. */
export function boundedStack(stack: string): string {
  return stack.length <= MAX_CHARACTERS
    ? stack
    : cut(stack, MAX_CHARACTERS / 2, stack.length - MAX_CHARACTERS / 2);
}

function cut(text: string, from: number, to: number): string {
  const left = (to - from).toLocaleString('en');
  // A cut in the middle of a character leaves half of it, which is not text.
  return `${text.slice(0, from)}… (${left} characters left out)${text.slice(to)}`.toWellFormed();
}

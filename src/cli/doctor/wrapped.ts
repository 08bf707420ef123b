/** Breaks text into lines of at most so many characters: between words, and in an ARN or a URL behind a separator. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s/).flatMap((word) => pieces(word, width))) {
    const joined = line === '' ? word.text : `${line}${word.glued ? '' : ' '}${word.text}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    lines.push(line);
    line = word.text;
  }
  return [...lines, line];
}

interface Piece {
  readonly text: string;
  /** It goes on behind the piece before it, without a space. */
  readonly glued: boolean;
}

function pieces(word: string, width: number): readonly Piece[] {
  if (word.length <= width) return [{ text: word, glued: false }];
  const parts = word.match(/[^:/,]+[:/,]*|[:/,]+/g) as readonly string[];
  return parts
    .flatMap((part) => part.match(new RegExp(`.{1,${width}}`, 'gu')) as readonly string[])
    .map((text, index) => ({ text, glued: index > 0 }));
}

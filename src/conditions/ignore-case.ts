/** Finds a text in another one, in capitals or not. */
export interface FoldedText {
  equals(text: string): boolean;
  starts(text: string): boolean;
  ends(text: string): boolean;
}

/**
 * Compiles a text that matches in capitals or not, as AWS's matcher does: a character of the pattern stands for its
 * lower and its upper case, and not the other way round. So `straße` matches `STRASSE`, and `STRASSE` matches no `ß`.
 */
export function foldedText(expected: string): FoldedText {
  const characters = Array.from({ length: expected.length }, (_, index) => {
    const character = expected.charAt(index);
    return [character.toLowerCase(), character.toUpperCase()] as const;
  });
  const backwards = characters.toReversed();

  function endOf(text: string): number {
    let at = 0;
    for (const [lower, upper] of characters) {
      if (text.startsWith(upper, at)) at += upper.length;
      else if (text.startsWith(lower, at)) at += lower.length;
      else return -1;
    }
    return at;
  }

  return {
    equals: (text) => endOf(text) === text.length,
    starts: (text) => endOf(text) !== -1,
    ends: (text) => {
      let end = text.length;
      for (const [lower, upper] of backwards) {
        if (text.endsWith(upper, end)) end -= upper.length;
        else if (text.endsWith(lower, end)) end -= lower.length;
        else return false;
      }
      return true;
    },
  };
}

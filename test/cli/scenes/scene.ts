import { type PictureOptions, terminalPicture } from '../terminal-picture.ts';

/** A command in a terminal, played for a picture in the documentation. */
export interface Scene extends PictureOptions {
  /** Runs the command in a pseudo-terminal of `columns`. @returns everything it wrote */
  play(): Promise<string>;
}

/** The picture of a scene, with the times of this run. Ports are always the same. */
export async function pictureOf(scene: Scene): Promise<string> {
  const output = await scene.play();
  return terminalPicture(output.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8000'), scene);
}

/** The lines of a picture, each with its pieces of text and their styles. Times and durations, which differ from run to run, are replaced. */
export function linesOf(picture: string): readonly string[][] {
  const texts = [...picture.matchAll(/<text x="[^"]+" y="([^"]+)" textLength="[^"]+"([^>]*)>([^<]*)</g)];
  const lines = Map.groupBy(texts, ([, y]) => y);
  return [...lines.values()].map((line) =>
    line.map(([, , style, text = '']) => `${style} ${withoutTimes(text)}`),
  );
}

function withoutTimes(text: string): string {
  return text
    .replaceAll(/(?<!\d)\d\d:\d\d:\d\d(?!\d)/g, 'TIME')
    .replaceAll(/(?<= {2})[\d.]+ m?s(?= {2}|$)|(?<=lag )[\d.]+ m?s/g, 'DURATION');
}

import { type PictureOptions, terminalPicture } from '../terminal-picture.ts';

/** A command in a terminal, played for a picture in the documentation. */
export interface Scene extends PictureOptions {
  /** Runs the command in a pseudo-terminal of `columns`. @returns everything it wrote */
  play(): Promise<string>;
}

/** The picture of a scene. What differs from run to run is made the same: time, ports, process ids. */
export async function pictureOf(scene: Scene): Promise<string> {
  const output = (await scene.play())
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8000')
    .replaceAll(/(?<!\d)\d\d:\d\d:\d\d(?!\d)/g, '12:09:36');
  return terminalPicture(output, scene);
}

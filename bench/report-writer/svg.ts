/** Text as it may stand in XML. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The same fonts and colours as the pictures in docs/images. */
const STYLE = `
    .head { font-weight: 600; font-size: 15px; }
    .panel { font-weight: 600; font-size: 13px; }
    .note { fill: #57606a; font-size: 12px; }
    .own { fill: #0969da; }
    .other { fill: #afb8c1; }
    .scale { fill: #ffffff; stroke: #8c959f; stroke-dasharray: 4 3; }
    .own-text { font-weight: 600; }
    .spread { stroke: #1f2328; stroke-opacity: 0.55; }
    .bad { fill: #cf222e; }
    .axis { stroke: #d0d7de; }
    .line { fill: none; stroke-width: 2; }
  `;

export const WIDTH = 880;
export const MARGIN = 24;

/** A picture on a white card, so that it reads the same on a light and on a dark page. */
export function card(title: string, description: string, height: number, content: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc" font-family="-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="13" fill="#1f2328">
  <title id="title">${escapeXml(title)}</title>
  <desc id="desc">${escapeXml(description)}</desc>
  <style>${STYLE}</style>
  <rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10" fill="#ffffff" stroke="#d0d7de"/>
  ${content.join('\n  ')}
</svg>
`;
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly className?: string | undefined;
  /** Words behind the others that say something bad. */
  readonly warning?: string | undefined;
}

export function text(
  x: number,
  y: number,
  words: string,
  { anchor, className, warning }: TextOptions = {},
): string {
  const attributes = [
    className && ` class="${className}"`,
    anchor && anchor !== 'start' && ` text-anchor="${anchor}"`,
  ].filter(Boolean);
  const bad = warning === undefined ? '' : ` <tspan class="bad">${escapeXml(warning)}</tspan>`;
  return `<text x="${round(x)}" y="${round(y)}"${attributes.join('')}>${escapeXml(words)}${bad}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return `<line class="${className}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

export function bar(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect class="${className}" x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 1))}" height="${height}" rx="2"/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * Makes the links of a Markdown text at the top of a repository absolute, as they are at this tag. A page of the registry has no
 * files beside it. Images lead to the file itself, links to its page.
 */
export function withAbsoluteLinks(markdown: string, repository: string, tag: string): string {
  const raw = repository.replace('https://github.com/', 'https://raw.githubusercontent.com/');
  // Blocks of code are left alone: every second part is one.
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replaceAll(
              /(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)\s]+)\)/g,
              (_link, image: string, text: string, target: string) =>
                `${image}${text}(${image === '!' ? `${raw}/${tag}` : `${repository}/blob/${tag}`}/${target})`,
            )
            .replaceAll(/ (src|srcset)="(?![a-z]+:)([^"\s]+)"/g, ` $1="${raw}/${tag}/$2"`),
    )
    .join('');
}

import type { DeployedState } from '../../doctor/deployed-state.ts';
import type { Diagnosis } from '../../doctor/diagnose.ts';
import type { Finding, FindingCode, Severity } from '../../doctor/finding.ts';
import { isUnread } from '../../doctor/part.ts';
import { count } from '../terminal/count.ts';
import type { Format, Style } from '../terminal/style.ts';
import { terminalLine } from '../terminal/terminal-text.ts';
import { commandLines } from './command-lines.ts';
import { wrapped } from './wrapped.ts';

const WIDTH = 80;

/** As a line of a finding begins. */
const LABEL = 10;

const COLOURS: Readonly<Record<Severity, Format>> = { error: 'red', warning: 'yellow', note: 'cyan' };

/** The counts of a diagnosis, for JSON. */
export function summaryOf(
  state: DeployedState,
  { findings, notChecked }: Diagnosis,
): { readonly function: string; readonly mappings: readonly object[] | undefined; readonly summary: object } {
  const of = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  return {
    function: state.functionName,
    mappings: isUnread(state.mappings)
      ? undefined
      : state.mappings.value.map(({ uuid, functionArn, streamArn }) => ({ uuid, functionArn, streamArn })),
    summary: {
      errors: of('error'),
      warnings: of('warning'),
      notes: of('note'),
      notChecked: checksIn(notChecked).length,
    },
  };
}

/** The lines of a report: the findings, the worst first, the checks that were not made, and a summary. */
export function textOf(state: DeployedState, diagnosis: Diagnosis, style: Style): readonly string[] {
  return [
    ...diagnosis.findings.flatMap((one) => [...findingLines(one, style), '']),
    ...notCheckedLines(diagnosis, style),
    ...wrapped(summaryLine(state, diagnosis), WIDTH),
  ];
}

function findingLines(
  { code, severity, subject, is, should, why, remedy, page }: Finding,
  style: Style,
): string[] {
  const head = style(COLOURS[severity], severity.padEnd(LABEL - 1));
  return [
    `${head} ${style('bold', code)}`,
    ...indented(textLines(subject), '  in'),
    ...indented(textLines(is), '  is'),
    ...indented(textLines(should), '  should'),
    ...indented(textLines(why), '  why'),
    ...indented(remedyLines(remedy), '  do'),
    ...indented([page], '  see'),
  ];
}

/** As many characters of a text are shown. AWS's own texts, such as the result of a batch, have no limit. */
const MAX_SHOWN = 700;

function textLines(text: string): readonly string[] {
  // Control characters first: escaped, they are longer.
  const shown = terminalLine(text.slice(0, MAX_SHOWN));
  const cut = text.length > MAX_SHOWN ? ` ... (${text.length} characters; --json prints all of them)` : '';
  return wrapped(`${shown}${cut}`, WIDTH - LABEL);
}

/** A command, and JSON for a template, can be copied with its lines. */
function remedyLines(remedy: string): readonly string[] {
  if (/^(?:aws|npx|streamlane) /.test(remedy)) return commandLines(terminalLine(remedy), WIDTH - LABEL);
  if (remedy.startsWith('{')) return JSON.stringify(JSON.parse(remedy), undefined, 2).split('\n');
  return wrapped(terminalLine(remedy), WIDTH - LABEL);
}

function indented(lines: readonly string[], label: string): readonly string[] {
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`);
}

/** The checks that were not made, by the reason for it. */
function notCheckedLines({ notChecked }: Diagnosis, style: Style): readonly string[] {
  const reasons = new Set(notChecked.map(({ reason }) => reason));
  return [...reasons].flatMap((reason) => {
    const those = notChecked.filter((one) => one.reason === reason);
    const [head = '', ...rest] = wrapped(terminalLine(reason), WIDTH - 12);
    return [
      `${style('magenta', 'not checked')} ${head}`,
      ...rest.map((line) => `${' '.repeat(12)}${line}`),
      ...wrapped(checksIn(those).join(', '), WIDTH - LABEL).map((line) => `${' '.repeat(LABEL)}${line}`),
      '',
    ];
  });
}

function checksIn(notChecked: Diagnosis['notChecked']): readonly FindingCode[] {
  return [...new Set(notChecked.flatMap((one) => one.notChecked))];
}

/** One line: the mappings, and the numbers of findings and of checks that were not made. */
function summaryLine(state: DeployedState, { findings, notChecked }: Diagnosis): string {
  const of = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const unknown = checksIn(notChecked).length;
  const mappings = isUnread(state.mappings)
    ? 'mappings not read'
    : count(state.mappings.value.length, 'mapping');
  return (
    `${state.functionName} (${mappings}): ${count(of('error'), 'error')}, ${count(of('warning'), 'warning')}, ` +
    `${count(of('note'), 'note')}${unknown === 0 ? '' : `; ${count(unknown, 'check')} not made`}.`
  );
}

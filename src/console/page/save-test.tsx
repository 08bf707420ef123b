import type { JSX } from 'preact';
import { type TestSubject, testFile, testFileName } from '../state/test-file.ts';
import { announcement, useStore } from './model.ts';

/** Saves a test that delivers records to the handler, if there is one. */
export function SaveTest({ changes, failure }: TestSubject): JSX.Element | null {
  const { origin } = useStore();
  if (origin === undefined) return null;
  const save = (): void => {
    const name = testFileName({ failure });
    saveFile(name, testFile({ changes, failure }, origin));
    announcement.value = `Saved ${name}`;
  };
  return (
    <button type="button" onClick={save} title="A test for Vitest, which passes when the handler succeeds">
      Save as test
    </button>
  );
}

function saveFile(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

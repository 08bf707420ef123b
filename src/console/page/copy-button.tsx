import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { announcement } from './model.ts';

/** Copies a text, which is made when it is needed. */
export function CopyButton({ label, text }: { label: string; text: () => string }): JSX.Element {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text());
    announcement.value = 'Copied';
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 1500);
  };
  return (
    <button type="button" onClick={copy}>
      {isCopied ? 'Copied' : label}
    </button>
  );
}

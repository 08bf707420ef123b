import { type Signal, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Attributes, ShownRecord } from '../protocol/events.ts';
import { converted, type ItemFormat, itemText } from '../state/item-text.ts';
import { keyText } from '../state/key-text.ts';
import { newImages } from '../state/new-images.ts';
import type { Change } from '../state/store.ts';
import { act } from './act.ts';
import { readStore, showChange } from './model.ts';

/** A record that a person edits, or a new one that begins as a copy of another. */
interface Edited {
  readonly kind: 'edited' | 'written';
  readonly change: Change | undefined;
}

/** Set while the editor is open. */
export const editing: Signal<Edited | undefined> = signal(undefined);

/** The editor of a record, if it is open. */
export function RerunEditor(): JSX.Element | null {
  return editing.value === undefined ? null : <Editor subject={editing.value} />;
}

function Editor({ subject: { kind, change } }: { subject: Edited }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const [draft, setDraft] = useState(() => draftOf(change, kind));
  const [problem, setProblem] = useState<string>();
  const { eventName, format, before, after } = draft;
  const hasBefore = eventName !== 'INSERT' && before !== undefined;
  const hasAfter = eventName !== 'REMOVE' && after !== undefined;
  const invoke = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const { first } = (await act('invoke', {
        kind,
        ...(change && { of: change.record.number }),
        eventName,
        format,
        ...(hasBefore && { oldImage: before }),
        ...(hasAfter && { newImage: after }),
      })) as { readonly first: number };
      dialog.current?.close();
      showChange(first);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const changeFormat = (to: ItemFormat): void => {
    const texts = [before, after].map((text) => text && converted(text, to));
    if (to === 'plain' && [before, after].some((text, index) => text && texts[index] === undefined)) {
      setProblem('Plain JSON cannot say this item: it has sets or binary, or the text is not JSON.');
      return;
    }
    setProblem(undefined);
    setDraft({ ...draft, format: to, before: texts[0] ?? before, after: texts[1] ?? after });
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="editor-title"
      onClose={() => {
        editing.value = undefined;
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void invoke();
        }}
      >
        <h2 id="editor-title">
          {kind === 'written' ? 'Invoke with a new record' : `Edit and rerun ${titleOf(change)}`}
        </h2>
        <p class="hint">
          {kind === 'written'
            ? 'The table is not changed. The record does not come from the stream.'
            : 'The table and the checkpoint are not changed. The key is that of the image.'}
        </p>
        <p class="choices">
          {kind === 'written' && (
            <label>
              Event{' '}
              <select
                value={eventName}
                onChange={({ currentTarget }) => setDraft({ ...draft, eventName: currentTarget.value })}
              >
                <option>INSERT</option>
                <option>MODIFY</option>
                <option>REMOVE</option>
              </select>
            </label>
          )}
          <label>
            Format{' '}
            <select
              value={format}
              onChange={({ currentTarget }) => changeFormat(currentTarget.value as ItemFormat)}
            >
              <option value="plain">Plain JSON</option>
              <option value="dynamodb">DynamoDB JSON</option>
            </select>
          </label>
        </p>
        <div class="images">
          {hasBefore && (
            <Image name="Item before" text={before} onText={(text) => setDraft({ ...draft, before: text })} />
          )}
          {hasAfter && (
            <Image name="Item after" text={after} onText={(text) => setDraft({ ...draft, after: text })} />
          )}
        </div>
        {problem !== undefined && (
          <p class="message" role="alert">
            {problem}
          </p>
        )}
        <p class="choices">
          <button type="submit">Invoke</button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </p>
      </form>
    </dialog>
  );
}

function Image(props: { name: string; text: string; onText: (text: string) => void }): JSX.Element {
  return (
    <label>
      {props.name}
      <textarea
        spellcheck={false}
        value={props.text}
        onInput={({ currentTarget }) => props.onText(currentTarget.value)}
      />
    </label>
  );
}

interface Draft {
  readonly eventName: string;
  readonly format: ItemFormat;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** How many new records this page has begun. */
let newRecords = 0;

/** A new record may become any event, so it has both images. */
function draftOf(change: Change | undefined, kind: Edited['kind']): Draft {
  const { eventName = 'INSERT' } = change?.record ?? {};
  const { before, after } =
    kind === 'written' || change === undefined
      ? newImages(change?.record, readStore(), ++newRecords)
      : editedImages(change.record);
  const isPlain = [before, after].every(
    (image) => image === undefined || itemText(image, 'plain') !== undefined,
  );
  const format = isPlain ? 'plain' : 'dynamodb';
  const text = (image: Attributes | undefined): string | undefined => image && itemText(image, format);
  return { eventName, format, before: text(before), after: text(after) };
}

/** A stream may carry only keys, or only one image. */
function editedImages({ eventName, oldImage, newImage, keys }: ShownRecord): {
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
} {
  const any = newImage ?? oldImage ?? keys;
  return eventName === 'REMOVE'
    ? { before: oldImage ?? any, after: undefined }
    : { before: oldImage, after: newImage ?? (oldImage === undefined ? any : undefined) };
}

function titleOf(change: Change | undefined): string {
  return change === undefined ? '' : keyText(change.record, readStore().keyNames);
}

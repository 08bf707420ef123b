import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { actOrShow } from './act.ts';

/** Discards the records of a blocked batch, once that is confirmed. */
export function SkipButton({
  requestId,
  count,
  destination,
}: {
  requestId: string;
  count: number;
  destination: string | null;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const records = count === 1 ? 'this record' : `these ${count.toLocaleString('en')} records`;
  const what =
    count === 0
      ? 'Drop the state of the window'
      : destination === null
        ? 'Drop without a dead letter'
        : 'Skip to dead letters';
  const close = (): void => dialog.current?.close();
  return (
    <>
      <button type="button" class="danger" onClick={() => dialog.current?.showModal()}>
        {what}…
      </button>
      <dialog ref={dialog} aria-label={what}>
        <p>
          {count === 0
            ? 'The window closes, and its state is lost.'
            : destination === null
              ? `The mapping drops ${records}: there is no on-failure destination. The checkpoint moves past.`
              : `The mapping discards ${records}, and sends the details to ${destination}. The checkpoint moves past.`}
        </p>
        <p>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button
            type="button"
            class="danger"
            onClick={() => {
              close();
              void actOrShow('skip', { requestId });
            }}
          >
            {what}
          </button>
        </p>
      </dialog>
    </>
  );
}

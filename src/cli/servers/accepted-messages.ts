import type { AcceptedMessage } from '../../emulators/accepted-messages.ts';
import { count } from '../terminal/count.ts';
import type { Style } from '../terminal/style.ts';

export interface AcceptedMessagesOptions {
  readonly style: Style;
  /** Shows the messages, and not only how many there were. */
  readonly areShown: boolean;
  /** Shows long messages whole, and not only their beginning. */
  readonly areWhole: boolean;
  /** Writes a line for a topic, a queue, a bucket or a table. */
  readonly onPlace: (text: string) => void;
  /** Writes a line for a message below it. */
  readonly onMessage: (text: string) => void;
}

interface Place {
  readonly first: AcceptedMessage;
  count: number;
  /** The first messages as text: of a flood, no more is kept. */
  readonly texts: string[];
}

// A batch of a sink has ten messages, and an invocation may send many.
const FOLD_MS = 200;
const MAX_SHOWN = 5;
const MAX_CHARACTERS = 300;

/** The names of services for people. */
export const LABELS: Readonly<Record<AcceptedMessage['service'], string>> = {
  sns: 'SNS',
  sqs: 'SQS',
  s3: 'S3',
  dynamodb: 'DynamoDB',
};

const NOUNS = { sns: 'message', sqs: 'message', s3: 'object', dynamodb: 'change' } as const;

/** Folds what topics, queues, buckets and tables get to a line for each of them, until that is written. */
export class AcceptedMessages {
  readonly #options: AcceptedMessagesOptions;
  readonly #places: Map<string, Place> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isHintGiven = false;

  constructor(options: AcceptedMessagesOptions) {
    this.#options = options;
    this.#isHintGiven = options.areShown;
  }

  /** Counts messages. They are written soon, or by {@link flush}. */
  add(messages: readonly AcceptedMessage[]): void {
    for (const message of messages) {
      const name = `${LABELS[message.service]} ${message.name}`;
      const place = this.#places.get(name) ?? { first: message, count: 0, texts: [] };
      this.#places.set(name, place);
      place.count++;
      if (this.#options.areShown && place.count <= MAX_SHOWN) place.texts.push(this.#textOf(message));
    }
    this.#timer ??= setTimeout(() => this.flush(), FOLD_MS).unref();
  }

  /** Writes the counts, so that they stand above the line of its invocation. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { style, onPlace, onMessage } = this.#options;
    for (const [name, { first, count: messages, texts }] of this.#places) {
      const hint = this.#isHintGiven ? '' : style('dim', '  (--show-messages prints them)');
      this.#isHintGiven = true;
      const what = NOUNS[first.service];
      onPlace(`${style('cyan', '→')} ${name}  ${count(messages, what)}${hint}`);
      for (const text of texts) onMessage(`    ${text}`);
      const left = messages - texts.length;
      if (texts.length > 0 && left > 0) onMessage(style('dim', `    and ${count(left, `more ${what}`)}`));
    }
    this.#places.clear();
  }

  #textOf({ service, id, groupId, body }: AcceptedMessage): string {
    const { style } = this.#options;
    const name = service === 's3' ? id : groupId && `group ${groupId}`;
    const text = this.#cut(body);
    return name === undefined ? text : `${style('dim', this.#cut(name))}  ${text}`;
  }

  #cut(text: string): string {
    const { style, areWhole } = this.#options;
    if (areWhole || text.length <= MAX_CHARACTERS) return text;
    return `${text.slice(0, MAX_CHARACTERS)}…${style('dim', ` (--verbose prints all ${text.length} characters)`)}`;
  }
}

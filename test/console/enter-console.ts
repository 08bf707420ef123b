import type { ConsoleEvent } from '../../src/console/protocol/events.ts';

/** A live console, as its page asks it, without a browser. */
export interface EnteredConsole {
  readonly origin: string;
  readonly cookie: string;
  /** Of a request for an action. */
  readonly headers: Readonly<Record<string, string>>;
  /** @returns the status of the response, and its JSON */
  act(name: string, input: object): Promise<readonly [status: number, answer: unknown]>;
  /** Reads the events from the first on, until they are as wanted. */
  eventsUntil(isEnough: (events: readonly ConsoleEvent[]) => boolean): Promise<readonly ConsoleEvent[]>;
}

/** @param url the printed one, with its token */
export async function enterConsole(url: string): Promise<EnteredConsole> {
  const { origin } = new URL(url);
  const entered = await fetch(url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, origin, 'content-type': 'application/json' };
  return {
    origin,
    cookie,
    headers,
    async act(name, input) {
      const request = { method: 'POST', headers, body: JSON.stringify(input) };
      const response = await fetch(`${origin}/actions/${name}`, request);
      return [response.status, await response.json()];
    },
    async eventsUntil(isEnough) {
      const { body } = await fetch(`${origin}/events`, { headers: { cookie } });
      let text = '';
      for await (const chunk of (body as ReadableStream).pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const events = [...text.matchAll(/^data: (.+)\n\n/gm)].flatMap(
          ([, data = '']) => JSON.parse(data).events,
        );
        if (isEnough(events)) return events;
      }
      throw new Error(`The console sent only ${text}`);
    },
  };
}

import type { ConsoleMessage } from '../protocol/events.ts';
import { connection, takeMessage } from './model.ts';

/** Reads the events of the run. The browser connects again by itself, and resumes after the last message. */
export function connect(): void {
  const source = new EventSource('/events');
  source.onopen = () => {
    connection.value = 'live';
  };
  source.onerror = () => {
    connection.value = 'lost';
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    takeMessage(JSON.parse(data) as ConsoleMessage);
  };
}

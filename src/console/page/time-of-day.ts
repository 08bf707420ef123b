/** `12:05:33.120`, in the time zone of the browser. */
export function timeOfDay(iso: string): string {
  const date = new Date(iso);
  const two = (number: number): string => `${number}`.padStart(2, '0');
  const ms = `${date.getMilliseconds()}`.padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** The parts of an ARN. Empty where it has none. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** The part behind the account: `table/Invoices/stream/2026-01-01T00:00:00.000`. */
  readonly resource: string;
}

/** Reads an ARN. */
export function arnOf(text: string): Arn {
  const [, partition = '', service = '', region = '', account = '', ...resource] = text.split(':');
  return { partition, service, region, account, resource: resource.join(':') };
}

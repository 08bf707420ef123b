export interface Mail {
  readonly subject: string;
  readonly message: string;
}

/** Stands where a call of SNS would: prints the message. */
export async function publish({ subject, message }: Mail): Promise<void> {
  console.log(`Subject: ${subject}\nMessage: ${message}\n`);
}

// `invoices`, `invoices:live`, `123456789012:function:invoices` or a whole ARN: Lambda's own pattern.
const FUNCTION_NAME =
  /^(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}(-[a-z]+)+-\d:)?(\d{12}:)?(function:)?[\w-]+(:(\$LATEST(\.PUBLISHED)?|[\w-]+))?$/;

/**
 * Checks if Lambda would take text for the name or the ARN of a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html#API_CreateEventSourceMapping_RequestBody
 */
export function isFunctionName(text: string): boolean {
  return FUNCTION_NAME.test(text);
}

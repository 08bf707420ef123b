import type { Context } from 'aws-lambda';

/**
 * A function that Lambda invokes: a router, or a handler of your own. What it returns is waited for, and read as the
 * response. A handler that takes a callback is refused, as on Lambda's Node.js 24.
 *
 * The third parameter of this type only lets in handlers that are typed with `@types/aws-lambda`.
 */
// biome-ignore lint/suspicious/noExplicitAny: handlers of every event shape fit, as they do on Lambda
export type LambdaHandler = (event: any, context: Context, callback: never) => unknown;

import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from optimizing calls from WebAssembly to JavaScript in this process, from now on.
 *
 * The optimized code of these calls is shared by all threads, and V8 can free it twice when threads end. Then the whole process ends, with
 * `Check failed: jit_page_->allocations_.erase(addr) == 1`. Node uses WebAssembly to remove types and for `fetch`, so `dev` and its sandboxes
 * are affected. Without the optimization, the code that failed never runs. The calls take longer, but are few.
 *
 * @see https://github.com/nodejs/node/issues/64500
 */
export function avoidSharedWrappers(): void {
  // The number of calls after which one is optimized: the largest that V8 accepts.
  setFlagsFromString('--wasm-wrapper-tiering-budget=2147483647');
}

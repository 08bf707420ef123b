// What users run is what is measured: the compiled package, not src.
export { changed, streamRouter } from '../dist/index.js';
export { snsTopic } from '../dist/sinks/sns.js';
export { type AttributeMap, unmarshallMap } from '../dist/unmarshall/attribute-value.js';
export { numberReader, type ToNumber } from '../dist/unmarshall/numbers.js';
export { unmarshall } from '../dist/unmarshall/unmarshall.js';

// The process that `servers.ts` starts.
import { startEmulators } from 'streamlane/local';
import { seededRandom } from '../../examples/invoice-workflow/seeded-random.ts';
import { AwkwardServer } from '../fixtures/awkward-streams/awkward-server.ts';
import { RollingStream } from '../fixtures/awkward-streams/rolling-stream.ts';
import type { Request, Started, Written } from './servers.ts';

process.on('disconnect', () => process.exit());
const random = seededRandom(22);
const stream = new RollingStream({ random, partitions: 40, recordsPerShard: 100, maxOpenShards: 6 });
const rates = {
  throttled: 0.02,
  broken: 0.01,
  unavailable: 0.01,
  reset: 0.01,
  cut: 0.01,
  slow: 0.05,
  expired: 0.02,
  empty: 0.2,
};
const server = await AwkwardServer.start({
  stream,
  random,
  rates,
  shardsPerPage: 7,
  recordsPerPage: 400,
  filters: true,
});
const { environment } = await startEmulators({ env: {} });

process.on('message', (request: Request) => {
  if (request.type === 'trim') stream.trim(request.shardId, request.sequenceNumber);
  else if (request.type === 'remove') stream.remove(request.shardId);
  else {
    stream.write(request.count);
    tell({ written: stream.written });
  }
});
tell({ environment, streamsEndpoint: server.endpoint });

function tell(answer: Started | Written): void {
  process.send?.(answer);
}

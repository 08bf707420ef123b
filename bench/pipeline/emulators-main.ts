// Runs the emulators in their own process, so that their work does not count as time of the measured code.
import { startEmulators } from '../../dist/local/index.js';

process.on('disconnect', () => process.exit());
try {
  const { environment } = await startEmulators();
  process.send?.({ environment });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message.split('\n')[0] : String(error) });
}

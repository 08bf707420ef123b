// A process of its own for the emulators, so that their work is not done on the time of whoever is measured.
import { startEmulators } from '../../dist/local/index.js';

process.on('disconnect', () => process.exit());
try {
  const { environment } = await startEmulators();
  process.send?.({ environment });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message.split('\n')[0] : String(error) });
}

/** Our engine on a backend, as the app opens it. */
import { openDevice } from '../../src/kernels/device';
import { browserHost } from '../../src/worker/host';
import type { Backend } from '../core/contestant';

export async function openOurs(backend: Backend): Promise<string> {
  if (backend === 'python') throw new Error('It runs in a browser.');
  return (await openDevice(browserHost, backend)).detail;
}

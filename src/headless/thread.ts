/** The script of a thread in Node. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve, type ThreadSetup } from '../kernels/simd/thread';

serve(workerData as ThreadSetup, () => parentPort?.postMessage('ready'));

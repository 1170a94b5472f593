/** The script of a thread in a browser. */
import { serve, type ThreadSetup } from '../kernels/simd/thread';

self.onmessage = ({ data }: MessageEvent<ThreadSetup>) => serve(data, () => self.postMessage('ready'));

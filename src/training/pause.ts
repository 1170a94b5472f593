/**
 * Lets messages in. On WASM nothing ever waits for a device, so without this a long step would leave a worker
 * deaf to "stop". A message channel comes back at once, where a timer would be held back for milliseconds.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A checkpoint that is not there or cannot be used. `message` says what is wrong and where. */
export class CheckpointError extends Error {
  constructor(
    readonly code: 'checkpoint-missing' | 'checkpoint-broken' | 'checkpoint-unfit',
    message: string,
  ) {
    super(message);
    this.name = 'CheckpointError';
  }
}

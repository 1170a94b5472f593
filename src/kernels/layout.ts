/**
 * What is known of each token of a ragged batch. Sequences of any length are laid end to end without padding;
 * `tokens` [N, C] int32 with C >= 4 says of token n
 *
 *   tokens[n] = (id, first key slot of its sequence, how many keys it sees, itself included, end of its sequence, ...).
 *
 * Its position is therefore tokens[n][SEEN] - 1 and its own key slot tokens[n][FIRST] + tokens[n][SEEN] - 1. In
 * training a slot is simply a token; when decoding it is a row of the KV cache. One table serves the embedding,
 * the rotary positions, the cache and attention. The end, used by the backward pass of attention, is the
 * token after the sequence's last. Kernels take the width C from the shape, so that the sampler can keep a
 * conversation's further state beside it and move it on to the next token in place.
 */
export const TOKEN_FIELDS = 4;
export const ID = 0;
export const FIRST = 1;
export const SEEN = 2;
export const END = 3;

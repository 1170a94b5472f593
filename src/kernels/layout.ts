/**
 * Where each token of a ragged batch lives. Sequences of any length are laid end to end without padding;
 * `spans` [N, 3] int32 says of token n
 *
 *   spans[n] = (first key slot of its sequence, how many keys it sees, itself included, end of its sequence).
 *
 * Its position is therefore spans[n][1] - 1 and its own key slot spans[n][0] + spans[n][1] - 1. In training a
 * slot is simply a token; when decoding it is a row of the KV cache. One table serves the rotary embedding,
 * the cache and attention, and an `offset` added to the second number moves all of them on by one token
 * without touching the table. The third number, used by the backward pass of attention, is the token
 * after the sequence's last.
 */
export const SPAN_FIELDS = 3;

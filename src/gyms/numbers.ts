/** The numbers gyms may speak of: each is one word, written in digits, and all gyms share the same ones. */
export const LARGEST_NUMBER = 30;

export const NUMBER_WORDS: readonly string[] = Array.from({ length: LARGEST_NUMBER + 1 }, (_, i) => `${i}`);

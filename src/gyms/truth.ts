/** What may be answered to a question, in the gyms that are riddles. */
export type Truth = 'yes' | 'no' | 'maybe';

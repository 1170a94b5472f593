/** What the scripted engine's users have in mind. */
export interface Detail {
  readonly label: string;
  readonly value: string;
  readonly worth: number;
  readonly ask: string;
  readonly reply: string;
}
export interface FakeTask {
  readonly id: string;
  readonly opening: string;
  readonly details: readonly Detail[];
}

const detail = (label: string, value: string, worth: number, ask: string, reply: string): Detail => ({
  label,
  value,
  worth,
  ask,
  reply,
});

export const TASKS: readonly FakeTask[] = [
  {
    id: 'party-017',
    opening: 'Could you help me plan a party?',
    details: [
      detail('guests', 'thirty', 1, 'how many guests will come?', 'About thirty people, I think.'),
      detail('budget', 'small', 0.7, 'what is your budget?', 'Rather small, to be honest.'),
      detail('place', 'garden', 0.4, 'where will it be?', 'In my garden, if the weather holds.'),
    ],
  },
  {
    id: 'trip-042',
    opening: 'I want to go on a trip.',
    details: [
      detail('destination', 'the coast', 1, 'where do you want to go?', 'Somewhere on the coast.'),
      detail('length', 'one week', 0.7, 'how long will you stay?', 'One week is what I have.'),
      detail('company', 'two children', 0.7, 'who is coming with you?', 'My two children are coming along.'),
    ],
  },
  {
    id: 'dinner-008',
    opening: 'What should I cook tonight?',
    details: [
      detail('diet', 'no meat', 1, 'is there anything you do not eat?', 'No meat, please.'),
      detail('time', 'half an hour', 0.4, 'how much time do you have?', 'Half an hour, not more.'),
    ],
  },
  {
    id: 'gift-031',
    opening: 'I need a gift for someone.',
    details: [
      detail('person', 'my sister', 1, 'who is the gift for?', 'It is for my sister.'),
      detail('interest', 'painting', 1, 'what does the person like?', 'She paints whenever she can.'),
      detail('price', 'under fifty', 0.4, 'what may it cost?', 'Under fifty would be good.'),
    ],
  },
];

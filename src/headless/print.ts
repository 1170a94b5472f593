/** Results as lines of text, for people or for programs. */
import { MEASURES, MEASURE_NAMES, PLAYERS, PLAYER_NAMES, WEIGHTINGS, type Measure } from '../runs/measures';
import type {
  AverageRow,
  ConversationRecord,
  Estimate,
  EvaluationRecord,
  EvaluationRow,
  EvaluationTable,
  SftMetrics,
  StepMetrics,
} from '../runs/record';

type Line = StepMetrics | SftMetrics | EvaluationRecord;

export interface Printer {
  line(kind: 'step' | 'sft' | 'evaluation', line: Line): void;
  comparison(table: EvaluationTable): void;
  conversation(conversation: ConversationRecord): void;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

export const jsonPrinter: Printer = {
  line: (kind, line) => say(JSON.stringify({ kind, ...line })),
  comparison: (table) => say(JSON.stringify({ kind: 'comparison', ...table })),
  conversation: (conversation) => say(JSON.stringify({ kind: 'conversation', ...conversation })),
};

/** The numbers one watches, as a line of text. */
const COLUMNS: readonly string[] = [
  'decoding',
  'loss',
  'score',
  'reward',
  'success',
  'turns',
  'validity',
  'entropy',
  'kl',
  'step_time',
  'peak_memory',
];

export const textPrinter: Printer = {
  line(kind, line) {
    const values = line as unknown as Record<string, number | string | undefined>;
    const cells = COLUMNS.flatMap((name) => {
      const value = values[name];
      if (value === undefined) return [];
      if (name === 'peak_memory') return [`peak ${(Number(value) / 2 ** 20).toFixed(1)} MiB`];
      return [`${name} ${typeof value === 'number' ? value.toFixed(3) : value}`];
    });
    say(`${kind.padEnd(10)} ${String(line.step).padStart(4)}  ${cells.join('  ')}`);
    if (!('gyms' in line)) return;
    for (const { gym, score, score_ci95, success, episodes } of line.gyms ?? []) {
      const numbers = `score ${score.toFixed(3)} ± ${score_ci95.toFixed(3)}  success ${success.toFixed(3)}`;
      say(`${' '.repeat(17)}${gym.padEnd(10)} ${numbers}  episodes ${episodes}`);
    }
  },

  comparison(table) {
    const { rows, averages, step, settings } = table;
    const users = [...new Set(rows.map(({ user }) => user))];
    const conditions = `test tasks, greedy, at most ${settings.maxTurns} turns; mean [95 % interval]`;
    say(`comparison at step ${step}: ${conditions}`);
    for (const user of users) {
      const gyms = rows.filter((row) => row.user === user);
      const means = averages.filter((row) => row.user === user);
      const [first] = gyms;
      if (!first) continue;
      say('');
      if (means.length === 0) {
        say(`user ${user}, gym ${first.gym}, ${first.tasks} tasks`);
        grid(MEASURE_NAMES.map((name) => ({ label: MEASURES[name].label, rows: gyms, measure: name })));
        continue;
      }
      for (const measure of MEASURE_NAMES) {
        say(`user ${user}, ${MEASURES[measure].label}`);
        grid(
          [...grouped(gyms, ({ gym, tasks }) => `${gym} (${tasks})`), ...grouped(means, weightsOf)].map(
            ([label, some]) => ({ label, rows: some, measure }),
          ),
        );
      }
    }
  },

  conversation: (conversation) => say(`${conversationText(conversation)}\n`),
};

/** Who speaks, at the beginning of a line of a conversation. */
const SPEAKER_WIDTH = 8;

function conversationText({ task, opening, turns, reward, score, end }: ConversationRecord): string {
  const line = (speaker: string, words: string) => `${speaker.padEnd(SPEAKER_WIDTH)}${words}`.trimEnd();
  const spoken = turns.flatMap(({ choice, content, feedback, reward }) => [
    line(choice ?? 'policy', content),
    ...(feedback ? [line('user', reward ? `${feedback}  [${reward.toFixed(2)}]` : feedback)] : []),
  ]);
  const result = `${task}: ${end}, ${reward.toFixed(2)} in all, ${Math.round(100 * score)} % of what was possible`;
  return [result, line('user', opening), ...spoken].join('\n');
}

const weightsOf = ({ weights, tasks }: AverageRow): string => `${WEIGHTINGS[weights]} (${tasks})`;

type Row = EvaluationRow | AverageRow;

function grouped<R extends Row>(rows: readonly R[], nameOf: (row: R) => string): [string, R[]][] {
  const groups = new Map<string, R[]>();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return [...groups];
}

/** One line a label, one column a player. */
function grid(
  lines: readonly { readonly label: string; readonly rows: readonly Row[]; readonly measure: Measure }[],
): void {
  const players = PLAYER_NAMES.filter((name) =>
    lines.some(({ rows }) => rows.some(({ player }) => player === name)),
  );
  const print = (label: string, cells: readonly string[]): void =>
    say(`  ${label.padEnd(36)}${cells.map((cell) => cell.padEnd(22)).join('')}`.trimEnd());
  print(
    '',
    players.map((name) => PLAYERS[name]),
  );
  for (const { label, rows, measure } of lines) {
    print(
      label,
      players.map((name) => estimateText(rows.find(({ player }) => player === name)?.measures[measure])),
    );
  }
}

function estimateText(estimate: Estimate | undefined): string {
  if (!estimate) return '';
  const { mean, ci95 } = estimate;
  return `${mean.toFixed(3)}${ci95 ? ` [${ci95.map((limit) => limit.toFixed(3)).join(', ')}]` : ''}`;
}

/** Conversations of the scripted engine: real ones, in which a demonstrator speaks in the place of the policy. */
import { GYM_NAMES } from '../../../src/gyms/options';
import { GYMS } from '../../../src/gyms/registry';
import type { Addition, ConversationRequest, ConversationView, Heard } from '../../../src/runs/conversation';
import type { Settings } from '../../../src/runs/settings';
import { talkWith, type Talk } from '../../support/talking';

export class FakeConversations {
  #id = 0;
  #talk: Talk | undefined;
  readonly #finished = new Map<number, ConversationView>();

  async begin(request: ConversationRequest, settings: Settings, step: number): Promise<ConversationView> {
    await this.#talk?.conversation.leave();
    const name = GYM_NAMES.find((one) => one === request.gym) ?? 'intention';
    const pool = GYMS[name].gym.tasks.train.filter(({ id, level }) =>
      request.task ? id === request.task : !request.level || level === request.level,
    );
    const task = pool[request.seed % pool.length]!;
    const { seed, from } = request;
    this.#talk = talkWith(name, task, 'noisy', settings, { id: ++this.#id, seed, from, step });
    return this.#kept(await this.#talk.conversation.begin());
  }

  async say(id: number, text: string): Promise<ConversationView | null> {
    if (!this.#talk || id !== this.#id) return null;
    return this.#kept(await this.#talk.conversation.say(text));
  }

  hear(id: number, text: string): Heard | null {
    return id === this.#id ? (this.#talk?.conversation.hear(text) ?? null) : null;
  }

  add(ids: readonly number[], { groupSize, gym }: Settings): Addition {
    const [view, ...others] = ids.flatMap((id) => this.#finished.get(id) ?? []);
    if (!view) return { added: false, problem: 'This conversation belongs to a run that has ended.' };
    if (view.gym !== gym)
      return {
        added: false,
        problem: `This run does not train on ${view.gym}. Choose its gym in the settings.`,
      };
    const person = 1 + others.length;
    return { added: true, task: view.task, person, scripted: groupSize - person };
  }

  #kept(view: ConversationView): ConversationView {
    if (view.ended) this.#finished.set(view.id, view);
    return view;
  }
}

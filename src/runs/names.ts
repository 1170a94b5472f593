/** Names for runs that one can remember and say aloud: two plain words. */
import { Random, splitSeed } from '../random';

const QUALITIES =
  'amber brave brisk calm candid cheery clear clever cosy crisp curious daring deft dusty eager early fair fleet fond frank gentle glad golden grand happy hardy honest humble jolly keen kind late light lively lucky mellow merry mild misty modest neat nimble noble patient plain polite proud quick quiet ready rosy rustic salty sandy sharp shy silent silver sleepy smart snowy soft solid spry steady still sturdy sunny swift tidy tiny trusty upbeat warm wary wise witty young zesty'.split(
    ' ',
  );
const ANIMALS =
  'adder badger beaver bison bittern buzzard carp cheetah cod condor coot crane cricket curlew deer dingo dipper dove duck eagle eel egret elk falcon ferret finch fox frog gecko gnu goose hare hawk heron hornet ibex jackdaw jay kestrel kite koala lark lemur lion lizard llama lynx magpie marmot marten mole moose newt okapi oriole osprey otter owl panda pigeon pike plover puffin quail rabbit raven robin rook salmon seal shrew siskin sparrow squid stoat stork swan swift tapir tern thrush toad trout vole walrus weasel whale wombat wren yak zebra'.split(
    ' ',
  );

/** The name that belongs to a seed: "calm otter". Where it is taken already, the next that is not. */
export function nameFor(seed: number, taken: ReadonlySet<string> = new Set()): string {
  const most = QUALITIES.length * ANIMALS.length;
  for (let attempt = 0; attempt < most; attempt++) {
    const random = new Random(splitSeed(seed, 'name', attempt));
    const name = `${random.pick(QUALITIES)} ${random.pick(ANIMALS)}`;
    if (!taken.has(name)) return name;
  }
  return `run ${taken.size + 1}`;
}

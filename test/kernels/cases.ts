/** Every kernel on ordinary sizes, odd sizes, single rows, ragged batches, and with inputs left out. */
import type { Case } from './inputs';
import { layerCases } from './layer-cases';
import { trainingCases } from './training-cases';

export const cases: readonly Case[] = [...layerCases, ...trainingCases];

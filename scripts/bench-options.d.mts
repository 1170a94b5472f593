export const USAGE: string;
export interface BenchOptions {
  readonly workloads: string[];
  readonly backends: string[];
  readonly peers: string[] | undefined;
  readonly tasks: string[] | undefined;
  readonly seconds: number | undefined;
  readonly batch: number | undefined;
  readonly port: number;
  readonly out: string;
  readonly python: string | undefined;
  readonly quick: boolean;
  readonly serve: boolean;
  readonly headed: boolean;
  readonly help: boolean;
}
export function parseBenchOptions(args: readonly string[]): BenchOptions;

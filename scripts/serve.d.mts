export function fileFor(root: string, requestUrl: string): string | null;
export function serve(options?: {
  root?: string;
  port?: number;
  isolated?: boolean;
}): Promise<{ url: string; close: () => Promise<void> }>;

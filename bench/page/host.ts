/** What this page runs on, as far as a browser tells. */
import type { Host } from '../core/result';

/** "Chromium 156" rather than the whole user agent, where the browser says it in its own words. */
function browserName(): string {
  const { userAgent } = navigator;
  const found = /(Firefox|Edg|Chrome|Version)\/([\d.]+)/.exec(userAgent);
  if (!found) return userAgent;
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', Version: 'Safari' };
  return `${names[found[1]!] ?? found[1]!} ${found[2]!.split('.')[0]}`;
}

export async function describeHost(): Promise<Host> {
  const gpu = navigator.gpu as GPU | undefined;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  // The types TensorFlow.js brings along are older than `info`.
  const info = (adapter as (GPUAdapter & { readonly info: GPUAdapterInfo }) | null | undefined)?.info;
  return {
    browser: browserName(),
    cores: navigator.hardwareConcurrency,
    isolated: self.crossOriginIsolated,
    adapter: info
      ? {
          name: [info.vendor, info.architecture].filter(Boolean).join(' ') || info.description || 'unnamed',
          software: /swiftshader|llvmpipe|lavapipe|software|warp/i.test(
            `${info.vendor} ${info.architecture} ${info.description}`,
          ),
        }
      : null,
  };
}

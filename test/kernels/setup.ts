/** Runs once before the kernel tests: compiles the SIMD kernels and looks for a software adapter where there is no GPU driver. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders in which Chromium or Chrome bring along a Vulkan loader and SwiftShader. */
const BROWSERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

const hasDriver = () =>
  Boolean(process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES) ||
  DRIVERS.some((folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json')));

/**
 * The dynamic linker reads its path when a process starts, so this must happen before the tests' own processes
 * are forked.
 */
export function offerSoftwareAdapter(): void {
  if (process.platform !== 'linux' || hasDriver()) return;
  const browser = BROWSERS.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
  if (!browser) return;
  process.env.VK_ICD_FILENAMES = join(browser, 'vk_swiftshader_icd.json');
  process.env.LD_LIBRARY_PATH = [browser, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
}

export default async function setup(): Promise<void> {
  offerSoftwareAdapter();
  await import('../../scripts/build-kernels.mjs' as string);
}

/** The page with the scripted engine: `vite`, then /test/app/fake/index.html?step=60 (milliseconds a step). */
import { mount } from 'svelte';
import App from '../../../src/app/App.svelte';
import { FakeEngine } from './engine';

const query = new URLSearchParams(location.search);
const stepMs = Number(query.get('step') ?? 400);
const fails = query.get('fails');
const target = document.getElementById('app');
if (target) {
  mount(App, {
    target,
    props: {
      start: () =>
        new FakeEngine({
          stepMs,
          history: Number(query.get('history') ?? 0),
          programs: Number(query.get('programs') ?? 0),
          ...(fails
            ? {
                failure: {
                  code: 'no-device',
                  message: 'No backend could be started (webgpu: no adapter; wasm: blocked).',
                },
              }
            : {}),
        }),
    },
  });
}

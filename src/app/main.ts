import { mount } from 'svelte';
import App from './App.svelte';
import { startWorker } from './startWorker';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place to draw in.');

function begin(target: HTMLElement): void {
  try {
    // What stands there is for browsers that get no further than this line.
    target.replaceChildren();
    mount(App, { target, props: { start: startWorker } });
  } catch (error) {
    const message = document.createElement('p');
    message.setAttribute('role', 'alert');
    message.textContent = `Turnwise could not start: ${error instanceof Error ? error.message : String(error)} Please reload, or try a current browser.`;
    target.replaceChildren(message);
    throw error;
  }
}

// A task of its own: reading the scripts has been one already, and both together would be a long one.
setTimeout(() => begin(target));

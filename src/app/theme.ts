/** Dark or light: the system's choice unless the visitor made one. */
export type Theme = 'light' | 'dark';

const KEY = 'turnwise-theme';
const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** Storage may be forbidden (private windows, embedded pages); the toggle then lasts as long as the page. */
function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null;
  }
}

function remember(theme: Theme | null): void {
  try {
    if (theme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // Said above.
  }
}

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return dark().matches ? 'dark' : 'light';
}

/** Applies what was stored, and calls back whenever the colours on the page have changed. */
export function watchTheme(changed: (theme: Theme) => void): () => void {
  const theme = stored();
  if (theme) document.documentElement.dataset['theme'] = theme;
  const query = dark();
  const listener = (): void => changed(currentTheme());
  query.addEventListener('change', listener);
  listener();
  return () => query.removeEventListener('change', listener);
}

/** Choosing what the system wants anyway goes back to following the system. */
export function toggleTheme(): Theme {
  const next: Theme = currentTheme() === 'dark' ? 'light' : 'dark';
  const system: Theme = dark().matches ? 'dark' : 'light';
  if (next === system) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  remember(next === system ? null : next);
  return next;
}

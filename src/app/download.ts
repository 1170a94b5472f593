/** Hands a file to the person at the page. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The click only starts the download; the address must live until the browser has read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export const csvFile = (text: string): Blob => new Blob([text], { type: 'text/csv' });
export const jsonFile = (text: string): Blob => new Blob([text], { type: 'application/json' });

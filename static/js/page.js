/** Pages and parts of pages from the server, as documents: no markup is ever made from text here. */

/**
 * Ask the server for a page.
 * @param {string} url same-origin address
 * @param {{method?: string, body?: FormData|null, progress?: (share: number) => void, signal?: AbortSignal}} [how]
 * @returns {Promise<{page: Document|null, url: string, status: number}>} rejects when the server cannot be reached
 */
export function ask(url, { method = 'GET', body = null, progress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = 'document';
    request.setRequestHeader('Accept', 'text/html');
    if (progress) request.upload.addEventListener('progress', (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener('load', () => resolve({ page: request.response, url: request.responseURL, status: request.status }));
    request.addEventListener('error', () => reject(new Error('unreachable')));
    request.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    signal?.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}

/**
 * Put a page that the server sent in the place of the present one.
 * @param {Document} page
 * @param {string} url
 */
export function show(page, url) {
  if (url !== location.href) history.pushState(null, '', url);
  settle();
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
  document.dispatchEvent(new Event('acuse:arrived'));
  enter();
}

/** Where the eye should be on arrival: the errors, else what the page opened for, else as the browser wishes. */
export function enter() {
  const summary = document.querySelector('[data-error-summary]');
  if (summary instanceof HTMLElement) summary.focus();
}

/** The address of what is shown, without the place within it. */
let shown = '';

/** Say that what is shown is what the address bar says. */
export function settle() {
  shown = location.href.split('#')[0];
}

/* Going back to another page than the one that is shown asks the server for it; moving within the page does not. */
window.addEventListener('popstate', () => {
  if (location.href.split('#')[0] !== shown) location.reload();
});
settle();

/* A page may arrive before its style sheets: its transition is then skipped, which is no error to report. */
for (const kind of ['pageswap', 'pagereveal']) {
  window.addEventListener(kind, (event) => {
    const moving = /** @type {any} */ (event).viewTransition;
    for (const stage of [moving?.ready, moving?.finished, moving?.updateCallbackDone]) stage?.catch(() => {});
  });
}

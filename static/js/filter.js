/** A list that follows what is typed: the same GET form, asked quietly, its region replaced, the address kept true. */
import { ask, settle } from './page.js';

const PAUSE = 250;
let timer = 0;
/** @type {AbortController|null} */
let running = null;

document.addEventListener('input', (event) => {
  const form = event.target instanceof Element && event.target.closest('form[data-live]');
  if (!(form instanceof HTMLFormElement)) return;
  clearTimeout(timer);
  timer = setTimeout(() => refresh(form), PAUSE);
});

/** @param {HTMLFormElement} form */
async function refresh(form) {
  const url = new URL(form.action || location.href);
  const filled = [...new FormData(form)].filter(([, value]) => value !== '').map(([key, value]) => [key, String(value)]);
  url.search = new URLSearchParams(filled).toString();
  running?.abort();
  running = new AbortController();
  try {
    const answer = await ask(url.href, { signal: running.signal });
    swap(form, answer.page, url);
  } catch { /* typed on, or no network: the button still works */ }
}

/**
 * @param {HTMLFormElement} form
 * @param {Document|null} page
 * @param {URL} url
 */
function swap(form, page, url) {
  const id = form.dataset.live ?? '';
  const fresh = page?.getElementById(id);
  if (!fresh) return;
  document.getElementById(id)?.replaceWith(document.adoptNode(fresh));
  for (const shown of form.querySelectorAll('[data-live-part]')) {
    const said = page?.querySelector(`[data-live-part="${shown.getAttribute('data-live-part')}"]`);
    shown.replaceChildren(...(said?.childNodes ?? []));
  }
  history.replaceState(history.state, '', url);
  settle();
}

/* What was typed while this script was still on its way is not lost. */
for (const form of document.querySelectorAll('form[data-live]')) {
  const fields = /** @type {HTMLFormElement} */ (form).elements;
  if ([...fields].some((field) => field instanceof HTMLInputElement && field.value !== field.defaultValue)) {
    form.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/**
 * Files: dropping on the frame, and sending with a progress bar. The form is the same multipart form; its answer, a
 * redirect or a page with what to correct, is shown in place of the present page.
 */
import { ask, show } from './page.js';
import { release } from './submit.js';
import { toast } from './toast.js';

const WORDS = {
  es: { lost: 'No pudimos llegar al servidor. Tu archivo sigue aquí: inténtalo de nuevo.', odd: 'El servidor no pudo recibir el archivo. Inténtalo de nuevo en un momento.' },
  en: { lost: 'We could not reach the server. Your file is still here: try again.', odd: 'The server could not take the file. Try again in a moment.' },
};

/** @returns {{lost: string, odd: string}} */
function words() {
  return document.documentElement.lang.startsWith('en') ? WORDS.en : WORDS.es;
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-upload]') || event.defaultPrevented) return;
  if (![...form.querySelectorAll('input[type=file]')].some((input) => /** @type {HTMLInputElement} */ (input).files?.length)) return;
  event.preventDefault();
  const button = event.submitter;
  if (button instanceof HTMLButtonElement) button.setAttribute('aria-busy', 'true');
  const body = new FormData(form, button);
  const meter = bar(form);
  try {
    const answer = await ask(form.action, { method: 'POST', body, progress: meter });
    if (answer.page?.body) return show(answer.page, answer.url);
    toast(words().odd, 'danger');
  } catch {
    toast(words().lost, 'danger');
  }
  meter(-1);
  release(form);
});

/**
 * @param {HTMLFormElement} form
 * @returns {(share: number) => void} draws a share between 0 and 1; a negative one hides the bar
 */
function bar(form) {
  const place = form.querySelector('[data-progress]');
  return (share) => {
    if (!(place instanceof HTMLElement)) return;
    place.hidden = share < 0;
    const percent = Math.round(Math.max(share, 0) * 100);
    const progress = place.querySelector('progress');
    const output = place.querySelector('output');
    if (progress) progress.value = percent;
    if (output) output.textContent = `${percent} %`;
  };
}

/** @param {Event} event */
function zone(event) {
  return event.target instanceof Element ? event.target.closest('[data-drop]') : null;
}

for (const kind of ['dragenter', 'dragover']) {
  document.addEventListener(kind, (event) => {
    const frame = zone(event);
    document.querySelectorAll('.is-dragging').forEach((one) => one !== frame && one.classList.remove('is-dragging'));
    if (!frame) return;
    event.preventDefault();
    frame.classList.add('is-dragging');
  });
}

document.addEventListener('change', (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== 'file') return;
  const frame = input.closest('[data-drop]');
  const chosen = frame?.querySelector('[data-chosen]');
  if (!frame || !chosen) return;
  const files = [...(input.files ?? [])];
  frame.classList.toggle('has-file', files.length > 0);
  chosen.textContent = files.map((file) => `${file.name} · ${size(file.size)}`).join('\n');
});

/** @param {number} bytes */
function size(bytes) {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${amount.toLocaleString('es-MX', { maximumFractionDigits: 1 })} ${unit}`;
}

document.addEventListener('drop', (event) => {
  const frame = zone(event);
  document.querySelectorAll('.is-dragging').forEach((one) => one.classList.remove('is-dragging'));
  const input = frame?.querySelector('input[type=file]');
  if (!(input instanceof HTMLInputElement) || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  const kept = new DataTransfer();
  [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => kept.items.add(file));
  input.files = kept.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
});

/* What was chosen while this script was still on its way is shown too. */
for (const input of document.querySelectorAll('[data-drop] input[type=file]')) {
  if (input instanceof HTMLInputElement && input.files?.length) input.dispatchEvent(new Event('change', { bubbles: true }));
}

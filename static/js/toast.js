/** Toasts leave by themselves when they only inform; errors stay until they are dismissed. */

const LINGER = 7000;
const ICONS = { success: 'check-circle', info: 'info', warning: 'alert', danger: 'cross-circle' };

/** @param {HTMLElement} note */
function schedule(note) {
  if (note.dataset.toast === 'danger' || note.dataset.toast === 'warning') return;
  const wait = note.querySelector('form') ? LINGER * 2 : LINGER;
  let timer = setTimeout(() => note.remove(), wait);
  const hold = () => clearTimeout(timer);
  const resume = () => { hold(); timer = setTimeout(() => note.remove(), LINGER); };
  note.addEventListener('pointerenter', hold);
  note.addEventListener('focusin', hold);
  note.addEventListener('pointerleave', resume);
  note.addEventListener('focusout', resume);
}

/**
 * Show a toast made in the browser, such as an upload that could not reach the server.
 * @param {string} text already in the reader's language
 * @param {'success'|'info'|'warning'|'danger'} [kind]
 */
export function toast(text, kind = 'info') {
  const region = document.getElementById('toasts');
  if (!region) return;
  const note = document.createElement('div');
  note.className = `toast-note toast-${kind}`;
  note.dataset.toast = kind;
  const words = document.createElement('p');
  words.textContent = text;
  note.append(mark(ICONS[kind]), words);
  region.append(note);
  schedule(note);
}

/** @param {string} name */
function mark(name) {
  const sprite = document.querySelector('svg.icon use')?.getAttribute('href')?.split('#')[0] ?? '';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function wake() {
  document.querySelectorAll('[data-toast]').forEach((note) => schedule(/** @type {HTMLElement} */ (note)));
}

document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-dismiss]')) event.target.closest('[data-toast]')?.remove();
});
document.addEventListener('acuse:arrived', wake);
wake();

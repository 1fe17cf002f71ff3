/** Shortcuts, shown by `?`: `/` searches, j and k move over rows, x selects; a letter presses what carries
 *  data-shortcut, or goes to it when it is a field to write in. */

const TYPING = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target instanceof Element && event.target.matches(TYPING)) return;
  if (document.querySelector('dialog[open], [popover]:popover-open')) return;
  if (press(event.key)) event.preventDefault();
});

/**
 * @param {string} key
 * @returns {boolean} whether the key meant something here
 */
function press(key) {
  if (key === '/') return focus('[data-search]') || focus('[data-search-all]');
  if (key === '?') return open('shortcuts');
  if (key === 'j') return move(1);
  if (key === 'k') return move(-1);
  if (key === 'x') return select();
  const act = key.length === 1 ? document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`) : null;
  if (!(act instanceof HTMLElement)) return false;
  if (act.matches(TYPING)) return focus(`#${CSS.escape(act.id)}`);
  act.click();
  return true;
}

/** @param {string} mark */
function focus(mark) {
  const field = document.querySelector(mark);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return false;
  field.focus();
  field.select();
  return true;
}

/** @param {string} id */
function open(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return false;
  dialog.removeAttribute('popover');
  dialog.showModal();
  return true;
}

function rows() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll('tr[data-row]')]);
}

function current() {
  return rows().findIndex((row) => row.classList.contains('is-current'));
}

/** @param {number} step */
function move(step) {
  const all = rows();
  if (!all.length) return false;
  const from = current();
  const to = Math.min(Math.max(from + step, 0), all.length - 1);
  all.forEach((row, index) => row.classList.toggle('is-current', index === to));
  const link = all[to].querySelector('.row-link');
  if (link instanceof HTMLElement) link.focus({ preventScroll: true });
  all[to].scrollIntoView({ block: 'nearest' });
  return true;
}

function select() {
  const box = rows()[current()]?.querySelector('.cell-select input');
  if (!(box instanceof HTMLElement)) return false;
  box.click();
  return true;
}

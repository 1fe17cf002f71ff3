/** Lists: a row opens on click, the box above selects all, the bar says how many. */

const OWN = 'a, button, input, select, textarea, label, summary, dialog, [contenteditable]';

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element) || event.target.closest(OWN) || event.defaultPrevented) return;
  const link = event.target.closest('tr[data-row]')?.querySelector('.row-link');
  if (!(link instanceof HTMLAnchorElement) || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, '_blank', 'noopener');
  else link.click();
});

document.addEventListener('change', (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== 'checkbox') return;
  const form = box.closest('form.table-form');
  if (!form) return;
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('tbody .cell-select input')]);
  if (box.matches('[data-select-all]')) boxes.forEach((one) => { one.checked = box.checked; });
  count(form, boxes);
});

/**
 * @param {Element} form
 * @param {HTMLInputElement[]} boxes
 */
function count(form, boxes) {
  const chosen = boxes.filter((one) => one.checked).length;
  const all = form.querySelector('[data-select-all]');
  if (all instanceof HTMLInputElement) {
    all.checked = chosen === boxes.length && chosen > 0;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  const words = form.querySelector('[data-selected-count]');
  if (words instanceof HTMLElement) words.textContent = chosen === 1 ? words.dataset.one ?? '' : (words.dataset.many ?? '').replace('{n}', String(chosen));
}

/** A payment that is divided: what the parts add up to, and a whole balance at one press.
 *
 * In a form marked data-amounts, fields with data-part="1" are added and those with "-1" taken away; the sum stands in
 * [data-sum], and beside it, in words that the page brings, what is missing to the field [data-whole]. An amount that
 * was typed is shown with its thousands as soon as its field is left; what is no amount stays as it is, and counts as
 * nothing: the server says what is wrong with it. */

const AMOUNT = /^\$?\s*(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)$/;
const FINER = /\.\d{3,}$/; // than cents: left as it is

document.addEventListener('input', (event) => {
  const form = event.target instanceof Element && event.target.closest('form[data-amounts]');
  if (form) add(form);
});

document.addEventListener('change', (event) => {
  const field = event.target;
  if (field instanceof HTMLInputElement && field.matches('[data-amounts] :is([data-part], [data-whole])')) tidy(field);
});

/* A whole balance is offered in its own currency only: in another it would be a different amount. */
document.addEventListener('change', (event) => {
  const chosen = event.target;
  if (!(chosen instanceof HTMLSelectElement && chosen.matches('[data-amounts] [name="currency"]'))) return;
  for (const button of chosen.form?.querySelectorAll('[data-of]') ?? []) {
    button.toggleAttribute('hidden', button.getAttribute('data-of') !== chosen.value);
  }
});

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-fill]');
  const field = button instanceof HTMLElement && document.getElementById(button.dataset.fill ?? '');
  if (!(field instanceof HTMLInputElement)) return;
  field.value = field.dataset.balance ?? '';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});

/** An amount as people write it, in cents; null when it is none. @param {string} text */
function cents(text) {
  const found = AMOUNT.exec(text.trim().replace(/(?<=\d)\s+(?=\d)/g, ','));
  return found ? Math.round(Number((found[1] ?? '').replaceAll(',', '')) * 100) : null;
}

/** @param {HTMLInputElement} field */
function tidy(field) {
  const typed = cents(field.value);
  if (typed !== null && !FINER.test(field.value.trim())) field.value = written(typed).replace('$', '');
}

/** @param {Element} form */
function add(form) {
  const parts = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[data-part]')]);
  const sum = parts.reduce((so_far, one) => so_far + (cents(one.value) ?? 0) * Number(one.dataset.part), 0);
  const whole = form.querySelector('input[data-whole]');
  const shown = form.querySelector('[data-sum]');
  if (!(shown instanceof HTMLElement) || !(whole instanceof HTMLInputElement)) return;
  const left = (cents(whole.value) ?? 0) - sum;
  const word = left === 0 ? shown.dataset.even : left > 0 ? shown.dataset.left : shown.dataset.over;
  shown.textContent = sum === 0 && left === 0 ? written(0) : `${written(sum)} · ${(word ?? '').replace('{n}', written(Math.abs(left)))}`;
  shown.classList.toggle('is-even', left === 0 && sum !== 0);
}

/** @param {number} amount */
function written(amount) {
  return (amount / 100).toLocaleString('es-MX', { style: 'currency', currency: 'MXN', currencyDisplay: 'narrowSymbol' });
}

document.querySelectorAll('form[data-amounts]').forEach(add);

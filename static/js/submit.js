/** One press, one act: a form that is on its way is not sent again. */

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method === 'get' || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  const button = event.submitter;
  if (button instanceof HTMLButtonElement) button.setAttribute('aria-busy', 'true');
});

/** Give a form back: the answer came without leaving the page, or a download began.
 * @param {HTMLFormElement} form */
export function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
}

/* Coming back by the browser's history shows the page as it was left: let it be used again. */
window.addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('form[data-sent]').forEach((form) => release(/** @type {HTMLFormElement} */ (form)));
});

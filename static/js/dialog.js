/**
 * Dialogs. The markup is a <dialog popover>: the browser opens it alone. Here it becomes modal, so that focus stays inside
 * and the page behind rests. A dialog marked data-open (the server refused what was typed in it) opens on arrival.
 */

/** @param {HTMLDialogElement} dialog */
function open(dialog) {
  if (dialog.open) return;
  if (dialog.matches(':popover-open')) dialog.hidePopover();
  dialog.removeAttribute('popover');
  dialog.showModal();
  const first = dialog.querySelector('[aria-invalid="true"]')
    ?? dialog.querySelector('.dialog-body input:not([type=hidden]), .dialog-body textarea, .dialog-body select');
  if (first instanceof HTMLElement) first.focus();
}

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest('[data-confirm]');
  if (opener instanceof HTMLElement) {
    const dialog = document.getElementById(opener.dataset.confirm ?? '');
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      opener.closest('[popover]:popover-open')?.hidePopover();
      open(dialog);
    }
    return;
  }
  const modal = event.target.closest('dialog[open]');
  if (!(modal instanceof HTMLDialogElement)) return;
  if (event.target.closest('[data-close]')) {
    event.preventDefault();
    modal.close();
  }
});

function openMarked() {
  const marked = document.querySelector('dialog[data-open]');
  if (marked instanceof HTMLDialogElement) open(marked);
}

document.addEventListener('acuse:arrived', openMarked);
openMarked();

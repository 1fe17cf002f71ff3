/** Small help inside fields: show a password, tidy codes as they are typed, keep digits together. */

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-reveal]');
  if (!(button instanceof HTMLElement)) return;
  const field = document.getElementById(button.dataset.reveal ?? '');
  if (!(field instanceof HTMLInputElement)) return;
  const hidden = field.type === 'password';
  field.type = hidden ? 'text' : 'password';
  button.setAttribute('aria-pressed', String(hidden));
});

/** What each mask leaves of a text. @type {Record<string, (text: string) => string>} */
const MASKS = {
  upper: (text) => text.toUpperCase(),
  rfc: (text) => text.toUpperCase().replace(/[^A-ZÑ&0-9]/g, ''),
  digits: (text) => text.replace(/\D/g, ''),
  money: (text) => text.replace(/[^\d.]/g, ''),
};

/* On leaving, never while typing: the caret stays where it is and a paste is not cut short. */
document.addEventListener('change', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.dataset.mask) return;
  field.value = MASKS[field.dataset.mask]?.(field.value.trim()) ?? field.value;
});

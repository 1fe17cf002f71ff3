/** Puts a code on the clipboard and says so in the button itself. */

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-copy]');
  if (!(button instanceof HTMLElement)) return;
  const words = button.querySelector('span');
  if (!words) return;
  await navigator.clipboard.writeText(button.dataset.copy ?? '');
  const before = words.textContent;
  words.textContent = button.dataset.copied ?? before;
  button.classList.add('copied');
  setTimeout(() => { words.textContent = before; button.classList.remove('copied'); }, 1600);
});

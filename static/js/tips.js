/** Sentences beside a mark: CSS shows them; here they keep inside the window, open on tap and close on Escape. */

const EDGE = 8;

/** @param {Element} host */
function place(host) {
  const tip = host.querySelector('.tip');
  if (!(tip instanceof HTMLElement)) return;
  host.classList.remove('tip-closed');
  tip.classList.remove('tip-start', 'tip-end', 'tip-below');
  const box = tip.getBoundingClientRect();
  if (box.left < EDGE) tip.classList.add('tip-start');
  else if (box.right > document.documentElement.clientWidth - EDGE) tip.classList.add('tip-end');
  if (box.top < 60) tip.classList.add('tip-below');
}

for (const kind of ['pointerover', 'focusin']) {
  document.addEventListener(kind, (event) => {
    const host = event.target instanceof Element && event.target.closest('.has-tip');
    if (host) place(host);
  });
}

document.addEventListener('click', (event) => {
  const mark = event.target instanceof Element && event.target.closest('[data-tip]');
  if (mark instanceof HTMLElement) {
    event.preventDefault();
    event.stopPropagation();
    mark.focus(); // Safari does not focus a button that is tapped
  }
}, true);

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  document.querySelectorAll('.has-tip:hover, .has-tip:focus-within').forEach((host) => host.classList.add('tip-closed'));
});

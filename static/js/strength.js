/** Advice on a password while it is chosen: the server judges, as it will when the form is sent. */

const PAUSE = 300;
let timer = 0;

document.addEventListener('input', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement)) return;
  const place = document.querySelector(`[data-strength-for="${CSS.escape(field.id)}"]`);
  if (!(place instanceof HTMLElement)) return;
  clearTimeout(timer);
  timer = setTimeout(() => judge(field, place), PAUSE);
});

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} place
 */
async function judge(field, place) {
  const body = new FormData();
  body.set('password', field.value);
  const token = field.form?.querySelector('[name=csrf_token]');
  if (token instanceof HTMLInputElement) body.set('csrf_token', token.value);
  const answer = await fetch(place.dataset.strengthUrl ?? '', { method: 'POST', body, headers: { Accept: 'application/json' } });
  if (answer.ok) draw(place, await answer.json());
}

/**
 * @param {HTMLElement} place
 * @param {{score: number, word: string, advice: string[]}} verdict
 */
function draw(place, verdict) {
  const meter = place.querySelector('meter');
  const word = place.querySelector('[data-strength-word]');
  const advice = place.querySelector('[data-strength-advice]');
  if (meter) meter.value = verdict.score;
  if (word) word.textContent = verdict.word;
  if (!(advice instanceof HTMLElement)) return;
  advice.hidden = !verdict.advice?.length;
  advice.replaceChildren(...(verdict.advice ?? []).map((line) => {
    const item = document.createElement('li');
    item.textContent = line;
    return item;
  }));
}

/* What was typed while this script was still on its way is judged too. */
for (const place of document.querySelectorAll('[data-strength-for]')) {
  const field = document.getElementById(/** @type {HTMLElement} */ (place).dataset.strengthFor ?? '');
  if (field instanceof HTMLInputElement && field.value) field.dispatchEvent(new Event('input', { bubbles: true }));
}

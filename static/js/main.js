/**
 * Where scripts begin. Every page works without them; each module listens on the document, so that what it does
 * also holds for parts of the page that arrive later (a verdict after an upload, a filtered list).
 */
import './dialog.js';
import './submit.js';
import './toast.js';
import './tips.js';
import './rows.js';
import './keys.js';
import './theme.js';
import './fields.js';
import { enter } from './page.js';

/** Modules that few pages need, by the mark that asks for them. */
const RARE = {
  '[data-upload], [data-drop]': './upload.js',
  '[data-live]': './filter.js',
  '[data-strength-url]': './strength.js',
  '[data-copy]': './copy.js',
  '[data-amounts]': './amounts.js',
};

function wake() {
  for (const [mark, module] of Object.entries(RARE)) {
    if (document.querySelector(mark)) import(module);
  }
}

document.documentElement.classList.add('scripted');
document.addEventListener('acuse:arrived', wake);
wake();
enter();

/** Light, dark, or as the system says: kept in a cookie, so that the next page arrives in it. */

const YEAR = 365 * 24 * 60 * 60;

document.addEventListener('click', (event) => {
  const choice = event.target instanceof Element && event.target.closest('[data-theme]');
  if (!(choice instanceof HTMLElement)) return;
  const theme = choice.dataset.theme ?? 'auto';
  document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
  if (theme === 'auto') delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = theme;
  document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', theme === 'auto' ? 'light dark' : theme);
  document.querySelectorAll('[data-theme]').forEach((button) => button.setAttribute('aria-pressed', String(button === choice)));
});

// The count of unread messages in the menu: asked for every minute while the page is seen, at once where it changes.

const EVERY = 60_000;
const MOST = 99;
const KEY = "dd-unread";
const place = document.querySelector("[data-unread]");

// what this tab knew on its last page, so that the menu does not jump and pages ask no more than they must
function kept() {
  try {
    const known = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    return known.who === place.dataset.who ? known : {};
  } catch {
    return {};
  }
}

function show(count) {
  place.hidden = !count;
  place.querySelector("[data-count]").textContent = count > MOST ? `${MOST}+` : count;
}

async function ask() {
  if (document.hidden) return;
  const { count } = kept();
  try {
    const answer = await fetch(place.dataset.url + (count === undefined ? "" : `?n=${count}`), { redirect: "manual" });
    if (!answer.ok) return;
    const now = answer.status === 204 ? count : (await answer.json()).count;
    sessionStorage.setItem(KEY, JSON.stringify({ who: place.dataset.who, at: Date.now(), count: now }));
    show(now);
  } catch {
    // the next minute is another try
  }
}

if (place) {
  const { at = 0, count } = kept();
  const old = () => Date.now() - (kept().at ?? 0) > EVERY;
  if (count) show(count);
  document.addEventListener("visibilitychange", () => { if (old()) ask(); });
  setInterval(ask, EVERY);
  if (Date.now() - at > EVERY || location.pathname === "/" || location.pathname.startsWith("/messages/")) ask();
}

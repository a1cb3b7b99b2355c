// A page of an unpaid dossier: paid meanwhile, in another tab or on the page that one comes back from, it shows the originals.

let looking = false;

async function look() {
  const place = document.querySelector("[data-until-paid]");
  if (!place || document.hidden || looking) return;
  looking = true;
  try {
    const answer = await fetch(place.dataset.untilPaid, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (answer.ok && !answer.redirected && !(await answer.text()).includes("data-until-paid")) location.reload();
  } catch {
    // without a network the page stays as it is
  } finally {
    looking = false;
  }
}

document.addEventListener("visibilitychange", look);
window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });

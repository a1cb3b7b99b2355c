// The minutes and seconds that are left until a moment; when none is, the page is read again and says what follows.

function show(box) {
  const left = Math.max(0, Math.ceil((Date.parse(box.dataset.countdown) - Date.now()) / 1000));
  box.querySelector("[data-countdown-left]").textContent =
    `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  return left;
}

for (const box of document.querySelectorAll("[data-countdown]")) {
  if (show(box) > 0) {
    const timer = setInterval(() => {
      if (show(box) > 0) return;
      clearInterval(timer);
      location.reload();
    }, 1000);
  }
}

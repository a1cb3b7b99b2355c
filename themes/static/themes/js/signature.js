// A signature drawn with a finger, a pen or the mouse; the name that is typed stands for it where nobody draws.

for (const form of document.querySelectorAll("form[data-signing]")) {
  const box = form.querySelector("[data-signature]");
  const canvas = box.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const field = form.elements.drawing;
  let drawn = false;
  let last = null;

  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - frame.left) * canvas.width) / frame.width,
      y: ((event.clientY - frame.top) * canvas.height) / frame.height,
    };
  };
  const line = (from, to) => {
    pen.lineWidth = 5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#14213d";
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    drawn = true;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, { x: last.x + 0.1, y: last.y });
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || !event.isPrimary) return;
    const now = place(event);
    line(last, now);
    last = now;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });

  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
    field.value = "";
  });

  // what was drawn before the form came back is drawn again
  if (field.value.startsWith("data:image/png;base64,")) {
    const picture = new Image();
    picture.addEventListener("load", () => {
      pen.drawImage(picture, 0, 0);
      drawn = true;
    });
    picture.src = field.value;
  }

  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    field.value = drawn ? canvas.toDataURL("image/png") : "";
  });
  // the page may come back from the browser's memory
  window.addEventListener("pageshow", () => { sent = false; });
  box.hidden = false;
}

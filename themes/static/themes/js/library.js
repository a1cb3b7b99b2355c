// The firm's documents are put in order by drag, within a category and into another one.

const showToast = (level, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { level, text } }));
const codesOf = (list) => [...list.querySelectorAll("[data-document]")].map((row) => row.dataset.document);

async function save(list) {
  const form = document.getElementById("library-order");
  const data = new FormData();
  data.append("category", list.dataset.libraryRows);
  for (const code of codesOf(list)) data.append("code", code);
  let problem = form.dataset.textFailed;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: data,
      headers: {
        "X-Requested-With": "XMLHttpRequest",
        "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
      },
    });
    if (answer.status === 204) return true;
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) problem = (await answer.json()).error;
  } catch {
    problem = document.getElementById("dd-toasts").dataset.failure;
  }
  showToast("error", problem);
  return false;
}

function arm() {
  if (!globalThis.Sortable) return;
  for (const list of document.querySelectorAll("[data-library] [data-library-rows]")) {
    if (list.dataset.armed) continue;
    list.dataset.armed = "yes";
    globalThis.Sortable.create(list, {
      group: "documents",
      handle: "[data-grip]",
      animation: 150,
      ghostClass: "dd-dragged",
      onEnd: async ({ item, from, to, oldIndex, newIndex }) => {
        if (from === to && oldIndex === newIndex) return;
        if (await save(to)) return;
        from.insertBefore(item, from.children[oldIndex] ?? null);
      },
    });
  }
}

document.addEventListener("htmx:load", arm);
if (document.readyState === "complete") arm();
else globalThis.addEventListener("load", arm);

// A select that searches on the server while one types: <select data-picker="address of the search">.

const { TomSelect } = window;
const WAIT_MS = 200;

function enhance(select) {
  const { picker, textNone, textLoading } = select.dataset;
  const line = (text) => (data, escape) => `<div class="no-results">${escape(text)}</div>`;
  new TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: [],
    score: () => () => 1,
    maxOptions: 50,
    loadThrottle: WAIT_MS,
    preload: "focus",
    closeAfterSelect: true,
    hidePlaceholder: true,
    plugins: select.multiple ? ["remove_button"] : [],
    load(query, done) {
      fetch(`${picker}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
        .then((response) => (response.ok ? response.json() : Promise.reject(response)))
        .then((answer) => {
          for (const value of Object.keys(this.options)) if (!this.items.includes(value)) this.removeOption(value, true);
          done(answer.results);
        })
        .catch(() => done());
    },
    render: {
      option: (data, escape) => `<div><div>${escape(data.text)}</div><div class="text-secondary small">${escape(data.note ?? "")}</div></div>`,
      no_results: line(textNone),
      loading: line(textLoading),
    },
    onItemAdd() {
      this.setTextboxValue("");
      // neither what was typed just before nor an answer that comes after the choice opens the list again
      clearTimeout(this.refreshTimeout);
      if (!select.multiple) setTimeout(() => this.blur());
    },
  });
}

// The select itself stays in the form, out of sight: screen readers meet its replacement, which has the label.
for (const select of document.querySelectorAll("select[data-picker]")) {
  enhance(select);
  select.setAttribute("aria-hidden", "true");
}

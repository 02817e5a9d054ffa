// Everything works without this file. It adds: themes without a reload, keys, copying, and a readout under charts.
(() => {
  const root = document.documentElement;
  const theme = document.querySelector(".theme");
  theme?.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = event.submitter.value;
    if (chosen === "system") delete root.dataset.theme; else root.dataset.theme = chosen;
    for (const button of theme.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === chosen));
    fetch(theme.action, { method: "POST", body: new URLSearchParams({ theme: chosen }), redirect: "manual" });
  });

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const move = (step) => {
    const rows = [...document.querySelectorAll(".event, .list > li, .line > li, .asks > li, .mails > li, main tbody tr")];
    const links = rows.map((row) => row.querySelector("h3 a, summary, a[href]")).filter((link) => link?.checkVisibility());
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  };
  const keys = {
    "/": () => document.querySelector("#q")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    "[": () => document.querySelector("a[data-older]")?.click(),
    "]": () => document.querySelector("a[data-newer]")?.click(),
    "?": () => { location.href = document.querySelector("a[data-keys]")?.href ?? location.href; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.cookie.includes("keys=off") || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  for (const chart of document.querySelectorAll(".chart:has([data-say])")) {
    const readout = chart.parentElement.querySelector(".readout");
    if (!readout) continue;
    chart.addEventListener("pointerover", (event) => { readout.textContent = event.target.dataset?.say ?? readout.textContent; });
  }
  const live = document.querySelector("[data-live]");
  if (live) {
    let source = null;
    const listen = () => {
      source?.close();
      source = document.hidden ? null : new EventSource(live.dataset.live);
      source?.addEventListener("changes", (event) => {
        live.querySelector("span").textContent = event.data;
        live.hidden = false;
      });
    };
    document.addEventListener("visibilitychange", listen);
    listen();
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied ?? "✓";
    });
  }
})();

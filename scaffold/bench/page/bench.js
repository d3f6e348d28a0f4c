"use strict";
// The theme follows the system until the reader chooses; curves over steps or over time.
const byId = (id) => document.getElementById(id);
const root = document.documentElement;

function toggleTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
}

function setAxis(over) {
  for (const other of ["steps", "time"]) {
    byId(`over-${other}`).setAttribute("aria-pressed", other === over);
    byId(`curve-${other}`).hidden = other !== over;
  }
}

byId("theme").onclick = toggleTheme;
for (const over of ["steps", "time"]) byId(`over-${over}`).onclick = () => setAxis(over);
addEventListener("keydown", (event) => {
  if (event.key === "d" && !event.ctrlKey && !event.metaKey && !event.altKey) toggleTheme();
});

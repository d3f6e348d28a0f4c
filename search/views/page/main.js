// Wiring: views, legend, theme, splitter, address, keyboard.

const VIEWS = ["tree", "table", "log"];

function startViews() {
  for (const name of VIEWS) byId(`view-${name}`).onclick = () => update({ view: name });
  onUpdate((changed) => {
    if (!changed.has("view")) return;
    for (const name of VIEWS) {
      byId(`${name}-view`).hidden = name !== state.view;
      byId(`view-${name}`).setAttribute("aria-selected", String(name === state.view));
    }
  });
  addEventListener("beforeprint", () => (showTable(), printWhole()));
  addEventListener("afterprint", place);
}

function showLegend() {
  const operators = [...new Set(byStep.map((node) => node.operator))];
  const order = Object.keys(SHAPES);
  operators.sort((a, b) => (order.indexOf(a) + 1 || 99) - (order.indexOf(b) + 1 || 99));
  const entries = operators.map((operator) => el("span", {}, icon("plain", operator), operator));
  for (const status of ["buggy", "error"]) {
    if (byStep.some((node) => node.status === status)) entries.push(el("span", {}, icon(status, "draft"), status));
  }
  byId("legend").replaceChildren(...entries);
  if (scale) byId("tree-view").append(colourBar());
}

function icon(status, operator) {
  return svg("svg", { class: `symbol node ${status}`, viewBox: "-8 -8 16 16", "aria-hidden": "true" },
    svg("path", { class: "mark", d: shapeOf(operator, 5) }),
    status === "error" ? svg("path", { class: "cross", d: "M-3 -3L3 3M-3 3L3 -3" }) : null);
}

function colourBar() {
  const worse = scale.clipped ? " or worse" : "";
  return el("p", { class: "scale", title: "Score on the search rows" },
    fmt.score(scale.low * run.sign) + worse, el("i", {}), fmt.score(scale.high * run.sign));
}

// The theme follows the system until the reader chooses.
const isDark = () =>
  (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function toggleTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
}

function startSplitter() {
  const splitter = byId("splitter");
  const main = splitter.parentNode;
  const setShare = (share) => main.style.setProperty("--panel", `${Math.min(75, Math.max(20, share))}%`);
  const shareAt = (event) => {
    const { left, width } = main.getBoundingClientRect();
    return (100 * (left + width - event.clientX)) / width;
  };
  splitter.addEventListener("pointerdown", (event) => {
    splitter.setPointerCapture(event.pointerId);
    const move = (now) => setShare(shareAt(now));
    splitter.addEventListener("pointermove", move);
    splitter.addEventListener("pointerup", () => splitter.removeEventListener("pointermove", move), { once: true });
  });
  splitter.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: 3, ArrowRight: -3 }[event.key];
    if (by) setShare((100 * panel.offsetWidth) / main.offsetWidth + by);
  });
}

/** The address names the node (and the tab): #node=12&tab=diff. */
function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const node = nodes.get(Number(wanted.get("node") ?? NaN));
  const tab = TABS.includes(wanted.get("tab")) ? wanted.get("tab") : state.tab;
  return { selected: node ?? state.selected ?? best ?? byStep[0] ?? null, tab };
}

function writeAddress(changed) {
  if (!state.selected || !(changed.has("selected") || changed.has("tab"))) return;
  const tab = state.tab === "code" ? "" : `&tab=${state.tab}`;
  const hash = `#node=${state.selected.id}${tab}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

const KEYS = {
  Enter: () => state.selected && panel.focus(),
  "/": () => (field.focus(), field.select()),
  "+": () => zoomBy(1.4),
  "=": () => zoomBy(1.4),
  "-": () => zoomBy(1 / 1.4),
  0: fit,
  b: () => best && select(best),
  n: () => nextMatch(1),
  N: () => nextMatch(-1),
  t: () => update({ view: state.view === "tree" ? "table" : "tree" }),
  d: toggleTheme,
  "?": () => byId("help").showModal(),
  ...Object.fromEntries(TABS.map((tab, index) => [index + 1, () => update({ tab })])),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (event.key === "Escape") return leave();
  if (event.target === field) return;
  const pressed = event.target.closest("button, a, [role=separator]");
  if (pressed && (event.key === "Enter" || event.key.startsWith("Arrow"))) return;
  if (event.key.startsWith("Arrow")) return onArrow(event);
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

/** Arrows walk the tree, except where they scroll what has the focus. */
function onArrow(event) {
  if (state.view !== "tree" || panel.contains(event.target) || !state.selected) return;
  event.preventDefault();
  const next = neighbour(state.selected, event.key);
  if (next) select(next);
}

function leave() {
  clearSearch();
  update({ view: "tree" });
  canvas.focus();
}

function start() {
  startViews();
  showLegend();
  startCanvas();
  startCurve();
  startTable();
  startPanel();
  startSearch();
  startSplitter();
  byId("theme").onclick = toggleTheme;
  byId("help-open").onclick = () => byId("help").showModal();
  addEventListener("keydown", onKey);
  addEventListener("hashchange", () => update(readAddress()));
  onUpdate(writeAddress);
  showPanel();
  update(readAddress());
}

start();

// All nodes as a table: sorted by a click on a column's head, filtered by the search.

const lowerFirst = run.sign < 0;
const scoreKey = (pair) => (pair === null ? null : pair[0]);
const COLUMNS = [
  { name: "#", key: (node) => node.id, text: (node) => String(node.id), number: true },
  { name: "operator", key: (node) => node.operator, text: (node) => node.operator },
  { name: "from", key: (node) => node.parents[0] ?? -1, text: (node) => node.parents.map((id) => `#${id}`).join(" "), number: true },
  { name: "status", key: (node) => node.status, text: (node) => node.status },
  { name: "score", key: (node) => (node.goodness === null ? null : node.score[0]), text: (node) => fmt.score(node.goodness === null ? null : node.score[0]), number: true, best: true },
  { name: "selection", key: (node) => scoreKey(node.selection), text: (node) => fmt.score(scoreKey(node.selection)), number: true, best: true },
  { name: "test", key: (node) => scoreKey(node.test), text: (node) => fmt.score(scoreKey(node.test)), number: true, best: true },
  { name: "time", key: totalSeconds, text: (node) => fmt.seconds(totalSeconds(node)), number: true },
  { name: "tokens", key: totalTokens, text: (node) => fmt.tokens(totalTokens(node)), number: true },
  { name: "cost", key: (node) => node.usd, text: (node) => fmt.usd(node.usd), number: true },
  { name: "plan", key: (node) => node.brief, text: (node) => node.brief, wide: true },
];
const sorting = { column: COLUMNS[0], down: false };
const rows = new Map();

function startTable() {
  onUpdate((changed) => {
    if (state.view !== "table") return;
    if (changed.has("view") || changed.has("matches")) showTable();
    if (changed.has("selected") || changed.has("view")) markRow();
  });
}

function showTable() {
  if (!rows.size) for (const node of byStep) rows.set(node.id, tableRow(node));
  const shown = sorted().filter((node) => state.matches === null || state.matches.has(node.id));
  const head = el("tr", {}, COLUMNS.map(headCell));
  const table = el("table", { class: "nodes" }, el("thead", {}, head), el("tbody", {}, shown.map((node) => rows.get(node.id))));
  byId("table-view").replaceChildren(table);
}

function headCell(column) {
  const order = column === sorting.column ? (sorting.down ? "descending" : "ascending") : "none";
  const button = el("button", { type: "button", onclick: () => sortBy(column) }, column.name);
  return el("th", { scope: "col", "aria-sort": order, class: column.number ? "number" : null }, button);
}

function tableRow(node) {
  const classes = [node.status, node === best ? "top" : "", bestPath.has(node.id) ? "led" : ""];
  const row = el("tr", { class: classes.filter(Boolean).join(" "), onclick: () => select(node) },
    COLUMNS.map((column) => el("td", { class: column.number ? "number" : column.wide ? "wide" : null }, column.text(node))));
  row.children[1].prepend(symbol(node));
  return row;
}

/** A node's mark at the size of text. */
function symbol(node) {
  const icon = svg("svg", { class: `symbol node ${node.status}`, viewBox: "-8 -8 16 16", "aria-hidden": "true" },
    svg("path", { class: "mark", d: shapeOf(node.operator, 5) }));
  if (node.goodness !== null) icon.style.setProperty("--t", shade(node.goodness).toFixed(3));
  return icon;
}

/** A first click on a score shows the best first; nodes without a value always come last. */
function sortBy(column) {
  sorting.down = column === sorting.column ? !sorting.down : Boolean(column.best) && !lowerFirst;
  sorting.column = column;
  showTable();
}

function sorted() {
  const { key } = sorting.column;
  const sign = sorting.down ? -1 : 1;
  return [...byStep].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return (x === null) - (y === null) || a.id - b.id;
    return sign * (typeof x === "string" ? x.localeCompare(y) : x - y) || a.id - b.id;
  });
}

function markRow() {
  byId("table-view").querySelector("tr.selected")?.classList.remove("selected");
  const row = state.selected && rows.get(state.selected.id);
  row?.classList.add("selected");
  row?.scrollIntoView({ block: "nearest" });
}

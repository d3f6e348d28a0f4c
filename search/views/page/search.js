// Text search over plans, code, feedback and outputs: which nodes hold the words, and where.

const field = byId("search");
let haystacks = null;
let pending = 0;

function startSearch() {
  field.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(() => search(field.value), 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    search(field.value);
    nextMatch(event.shiftKey ? -1 : 1);
  });
  onUpdate((changed) => {
    if (changed.has("matches")) byId("matches").textContent = state.matches ? `${state.matches.size} of ${nodes.size}` : "";
    if (changed.has("query")) markMatches(panel);
  });
}

/** Nodes that hold the query, any case; all nodes when it is empty. */
function search(text) {
  clearTimeout(pending);
  const query = text.trim().toLowerCase();
  if (query === state.query) return;
  haystacks ??= byStep.map((node) => [node.id, haystack(node)]);
  const found = haystacks.filter(([, hay]) => hay.includes(query)).map(([id]) => id);
  update({ query, matches: query ? new Set(found) : null });
}

const haystack = (node) =>
  [`#${node.id} ${node.operator}`, node.plan, node.code, node.feedback, node.output].join("\n").toLowerCase();

function clearSearch() {
  field.value = "";
  search("");
}

function nextMatch(step) {
  if (!state.matches?.size) return;
  const ids = byStep.map((node) => node.id).filter((id) => state.matches.has(id));
  const at = ids.indexOf(state.selected?.id);
  const next = at < 0 ? (step > 0 ? 0 : ids.length - 1) : (at + step + ids.length) % ids.length;
  select(nodes.get(ids[next]));
}

/** Highlights the query inside an element, without touching its content. */
function markMatches(element) {
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.delete("found");
  if (!state.query) return;
  const ranges = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode() && ranges.length < 2000) ranges.push(...rangesIn(walker.currentNode, state.query));
  CSS.highlights.set("found", new Highlight(...ranges));
}

function rangesIn(textNode, query) {
  const ranges = [];
  const text = textNode.data.toLowerCase();
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
    if (at + query.length > textNode.length) break; // lower case can be longer than the text
    const range = new Range();
    range.setStart(textNode, at);
    range.setEnd(textNode, at + query.length);
    ranges.push(range);
  }
  return ranges;
}

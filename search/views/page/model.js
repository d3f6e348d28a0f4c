// The run, read once from the data block, and what the reader is looking at.

const data = JSON.parse(byId("data").textContent);
const run = data.run;
const nodes = new Map(data.nodes.map((node) => [node.id, node]));
const byStep = [...nodes.values()].sort((a, b) => a.id - b.id);
const roots = [];

for (const node of data.nodes) {
  node.children = [];
  node.code = data.texts[node.code];
  node.output = data.texts[node.output];
  node.goodness = node.status === "valid" && node.score ? node.score[0] * run.sign : null;
  (node.parents.length ? nodes.get(node.parents[0]).children : roots).push(node);
}

/** Nodes from the first draft to this one, along first parents. */
function pathTo(node) {
  const path = [node];
  while (path[0].parents.length) path.unshift(nodes.get(path[0].parents[0]));
  return path;
}

const best = run.best === null ? null : nodes.get(run.best);
const bestPath = new Set(best ? pathTo(best).map((node) => node.id) : []);

/** Messages as [role, text]; null where the page was made without this prompt. */
function promptOf(node) {
  if (node.prompt === null) return null;
  return node.prompt.map(([role, pieces]) => [role, pieces.map((at) => data.texts[at]).join("")]);
}

const totalTokens = (node) => node.promptTokens + node.completionTokens;
const totalSeconds = (node) => node.askSeconds + node.runSeconds;

// The colour scale: from the worst shown score to the best, evenly. Where there are many scores its
// low end is their fifth part, so that a few disasters do not make all others look alike.
const scale = (() => {
  const sorted = byStep.map((node) => node.goodness).filter((value) => value !== null);
  sorted.sort((a, b) => a - b);
  if (!sorted.length) return null;
  const low = sorted.length < 10 ? sorted[0] : sorted[Math.floor(sorted.length / 5)];
  return { low, high: sorted.at(-1), clipped: low > sorted[0] };
})();

/** A goodness as a place in [0, 1] on the colour scale. */
function shade(goodness) {
  if (scale.high === scale.low) return 1;
  return Math.max(0, (goodness - scale.low) / (scale.high - scale.low));
}

const state = { selected: null, tab: "code", query: "", matches: null, view: "tree" };
const listeners = [];

/** Changes the state and tells every part of the page what changed. */
function update(changes) {
  const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
  Object.assign(state, changes);
  if (changed.length) for (const listener of listeners) listener(new Set(changed));
}

const onUpdate = (listener) => listeners.push(listener);
const select = (node) => update({ selected: node });

// The tree as SVG: places, edges, boxes and marks. Colours and states are the style sheet's.

const LABELLED = { sibling: 60, level: 66, across: 46, along: 60 }; // pixels a unit
const COMPACT = { sibling: 24, level: 42, across: 22, along: 46 };
const isLabelled = data.nodes.length <= 150;
const unit = isLabelled ? LABELLED : COMPACT;
const MARK = isLabelled ? 8 : 7; // radius
const pad = isLabelled // of a box; labels hang under their marks
  ? { left: 27, top: 16, right: 27, bottom: 28 }
  : { left: 11, top: 11, right: 11, bottom: 11 };

const SHAPES = {
  draft: (r) => ring(r * 0.98, 0),
  improve: (r) => polygon(3, r * 1.28, -90),
  diverge: (r) => polygon(4, r * 1.22, 0),
  debug: (r) => polygon(4, r * 1.25, 45),
  combine: (r) => polygon(6, r * 1.12, 0),
};
const shapeOf = (operator, r = MARK) => (SHAPES[operator] ?? ((s) => polygon(5, s * 1.15, -90)))(r);

function polygon(corners, r, start) {
  const points = Array.from({ length: corners }, (_, index) => {
    const angle = ((start + (360 * index) / corners) * Math.PI) / 180;
    return `${(r * Math.cos(angle)).toFixed(2)} ${(r * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
}

const ring = (r) => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;

/** The bounding box of all places, in units. */
const extent = (() => {
  const xs = [data.task[0], ...data.nodes.map((node) => node.x)];
  const ys = [data.task[1], ...data.nodes.map((node) => node.y)];
  const span = (values) => [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return { x: span(xs), y: span(ys) };
})();

/** Trees that are deep rather than broad grow to the right; the others grow down. */
function growsRight(aspect) {
  const breadth = extent.x[1] - extent.x[0] + 1;
  const depth = extent.y[1] - extent.y[0] + 1;
  const down = Math.min(aspect / (breadth * unit.sibling), 1 / (depth * unit.level));
  const right = Math.min(aspect / (depth * unit.along), 1 / (breadth * unit.across));
  return right > 1.1 * down;
}

/** Units to pixels for one direction of growth. */
function projection(right) {
  return right
    ? (x, y) => [y * unit.along, x * unit.across]
    : (x, y) => [x * unit.sibling, y * unit.level];
}

function edge([x0, y0], [x1, y1], right) {
  const [xm, ym] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return right
    ? `M${x0} ${y0}C${xm} ${y0} ${xm} ${y1} ${x1} ${y1}`
    : `M${x0} ${y0}C${x0} ${ym} ${x1} ${ym} ${x1} ${y1}`;
}

/** Draws everything into `layer`; returns the marks by node id, their places and the bounds. */
function drawTree(layer, right) {
  const place = projection(right);
  const at = (node) => (node ? place(node.x, node.y) : place(...data.task));
  const boxes = data.blocks.map((block) => box(block, place, right));
  const boxed = new Set(data.blocks.flatMap((block) => block.members)); // their edge is the box's
  const edges = byStep
    .filter((node) => !boxed.has(node.id) || bestPath.has(node.id))
    .map((node) => edgeTo(node, at, right));
  const further = byStep.flatMap((node) => furtherEdges(node, at, right));
  const selection = svg("path", { class: "edge chosen" });
  const marks = new Map(byStep.map((node) => [node.id, mark(node, at(node))]));
  layer.append(
    svg("g", {}, ...boxes),
    svg("g", {}, ...edges.filter(([, strong]) => !strong).map(([path]) => path)),
    svg("g", {}, ...further),
    selection,
    svg("g", {}, ...edges.filter(([, strong]) => strong).map(([path]) => path)),
    taskMark(at(null), right),
    svg("g", {}, ...marks.values()),
  );
  const showPath = (node) => selection.setAttribute("d", node ? pathEdges(node, at, right) : "");
  return { marks, at, showPath, bounds: boundsOf(place, right) };
}

/** What the whole tree takes up, labels and boxes included, in pixels before zooming. */
function boundsOf(place, right) {
  const [x0, y0] = place(extent.x[0], extent.y[0]);
  const [x1, y1] = place(extent.x[1], extent.y[1]);
  const [left, top] = right ? [14 + 6.6 * taskName.length, pad.top] : [pad.left, pad.top + 6];
  return { x: x0 - left, y: y0 - top, width: x1 - x0 + left + pad.right, height: y1 - y0 + top + pad.bottom };
}

function edgeTo(node, at, right) {
  const strong = bestPath.has(node.id);
  const parent = nodes.get(node.parents[0]);
  const kind = strong ? "edge best" : node.status === "valid" ? "edge" : "edge faint";
  return [svg("path", { class: kind, d: edge(at(parent), at(node), right) }), strong];
}

function furtherEdges(node, at, right) {
  return node.parents.slice(1).map((id) =>
    svg("path", { class: "edge further", d: edge(at(nodes.get(id)), at(node), right) }),
  );
}

const pathEdges = (node, at, right) =>
  pathTo(node).map((step) => edge(at(nodes.get(step.parents[0])), at(step), right)).join("");

function box(block, place, right) {
  const [left, top, x1, y1] = block.corners;
  const [start, first, last] = [parentPlace(block, place), place(left, top), place(x1, y1)];
  const x = first[0] - pad.left;
  const y = first[1] - pad.top;
  const width = last[0] - first[0] + pad.left + pad.right;
  const height = last[1] - first[1] + pad.top + pad.bottom;
  const end = right ? [x, y + height / 2] : [x + width / 2, y];
  return svg("g", {},
    svg("path", { class: "edge", d: edge(start, end, right) }),
    svg("rect", { class: "box", rx: 7, x, y, width, height }));
}

function parentPlace(block, place) {
  const parent = nodes.get(block.parent);
  return parent ? place(parent.x, parent.y) : place(...data.task);
}

function mark(node, [x, y]) {
  const classes = ["node", node.status, node === best ? "top" : "", bestPath.has(node.id) ? "led" : ""];
  const element = svg("g", {
    class: classes.filter(Boolean).join(" "),
    transform: `translate(${x} ${y})`,
    role: "treeitem",
    id: `node-${node.id}`,
    "aria-label": describe(node),
    "aria-selected": "false",
  });
  if (node.goodness !== null) element.style.setProperty("--t", shade(node.goodness).toFixed(3));
  element.append(svg("circle", { class: "halo", r: MARK + 5 }), svg("path", { class: "mark", d: shapeOf(node.operator) }));
  if (node.status === "error") element.append(svg("path", { class: "cross", d: "M-4 -4L4 4M-4 4L4 -4" }));
  const score = node.goodness === null ? "" : fmt.score(node.score[0]);
  element.append(svg("text", { y: MARK + 13, "text-anchor": "middle" }, score));
  return element;
}

const taskName = run.title.length > 24 ? `${run.title.slice(0, 23)}…` : run.title;

function taskMark([x, y], right) {
  const where = right ? { x: -9, y: 4, "text-anchor": "end" } : { y: -10, "text-anchor": "middle" };
  return svg("g", { class: "task", transform: `translate(${x} ${y})` },
    svg("circle", { r: 3.5 }), svg("text", where, taskName));
}

function describe(node) {
  const from = node.parents.length ? ` of ${node.parents.map((id) => `#${id}`).join(", ")}` : "";
  const outcome = node.goodness === null ? node.status : fmt.score(node.score[0]);
  return `#${node.id} ${node.operator}${from}: ${outcome}`;
}

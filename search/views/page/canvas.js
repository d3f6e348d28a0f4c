// The tree's canvas: pan, zoom, fit, hover, and keeping the selected node in sight.

const canvas = byId("tree");
const layer = svg("g");
const tip = el("div", { class: "tip", hidden: true });
const camera = { x: 0, y: 0, k: 1, fitted: false }; // fitted: not moved since
let view = null;

function startCanvas() {
  canvas.append(layer);
  canvas.parentNode.append(tip);
  const right = growsRight(canvas.clientWidth / Math.max(1, canvas.clientHeight));
  view = { right, ...drawTree(layer, right) };
  frame();
  new ResizeObserver(() => camera.fitted && fit()).observe(canvas);
  canvas.addEventListener("wheel", onWheel, { passive: false });
  canvas.addEventListener("pointerdown", onPointerDown);
  canvas.addEventListener("pointerover", onHover);
  canvas.addEventListener("pointerout", () => (tip.hidden = true));
  byId("zoom-in").onclick = () => zoomBy(1.4);
  byId("zoom-out").onclick = () => zoomBy(1 / 1.4);
  byId("zoom-fit").onclick = fit;
  byId("go-best").onclick = () => best && select(best);
  onUpdate(showState);
}

function place() {
  canvas.removeAttribute("viewBox");
  layer.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.k})`);
  // Marks shrink less than the tree, so that thousands of them can still be told apart.
  layer.style.setProperty("--grow", Math.min(1.7, Math.max(1, 0.45 / camera.k)).toFixed(2));
  canvas.classList.toggle("labels", camera.k > (isLabelled ? 0.62 : 1.6));
}

/** On paper the tree fits whatever room there is. */
function printWhole() {
  const { x, y, width, height } = view.bounds;
  layer.removeAttribute("transform");
  canvas.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
}

/** Shows the whole tree above the buttons and the legend; few nodes are not blown up. */
function fit() {
  const { bounds } = view;
  const footer = 44;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight - footer];
  if (!width || height <= 0) return;
  const margin = 14;
  const k = Math.min(1.25, (width - 2 * margin) / bounds.width, (height - 2 * margin) / bounds.height);
  camera.k = Math.max(0.02, k);
  camera.x = width / 2 - camera.k * (bounds.x + bounds.width / 2);
  camera.y = height / 2 - camera.k * (bounds.y + bounds.height / 2);
  camera.fitted = true;
  place();
}

/** The first view: the whole tree, or the best node's neighbourhood where that is too small. */
function frame() {
  fit();
  const focus = best ?? byStep.at(-1);
  if (camera.k > 0.2 || !focus) return;
  camera.k = 0.5;
  camera.fitted = false;
  const [x, y] = view.at(focus);
  camera.x = canvas.clientWidth / 2 - x * camera.k;
  camera.y = canvas.clientHeight / 2 - y * camera.k;
  place();
}

/** Zooms about a point of the canvas, its middle unless told. */
function zoomBy(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const k = Math.min(8, Math.max(0.02, camera.k * factor));
  camera.x = x - (x - camera.x) * (k / camera.k);
  camera.y = y - (y - camera.y) * (k / camera.k);
  camera.k = k;
  camera.fitted = false;
  place();
}

function onWheel(event) {
  event.preventDefault();
  const { left, top } = canvas.getBoundingClientRect();
  zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - left, event.clientY - top);
}

/** A press that does not move is a click on what is under it. */
function onPointerDown(event) {
  if (event.button !== 0) return;
  const target = nodeAt(event.target);
  const start = { x: event.clientX, y: event.clientY, cameraX: camera.x, cameraY: camera.y };
  let moved = false;
  const move = (now) => {
    moved ||= Math.hypot(now.clientX - start.x, now.clientY - start.y) > 4;
    if (!moved) return;
    camera.x = start.cameraX + now.clientX - start.x;
    camera.y = start.cameraY + now.clientY - start.y;
    camera.fitted = false;
    place();
  };
  const up = () => {
    canvas.removeEventListener("pointermove", move);
    canvas.classList.remove("dragged");
    if (!moved && target) select(target);
  };
  canvas.setPointerCapture(event.pointerId);
  canvas.classList.add("dragged");
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up, { once: true });
  canvas.addEventListener("pointercancel", up, { once: true });
}

function nodeAt(element) {
  const group = element.closest?.(".node");
  return group ? nodes.get(Number(group.id.slice("node-".length))) : null;
}

function onHover(event) {
  const node = nodeAt(event.target);
  if (!node) return;
  const [x, y] = onScreen(node);
  tip.replaceChildren(el("b", {}, describe(node)), el("span", {}, node.brief));
  tip.hidden = false;
  const left = Math.min(Math.max(8, x + 14), canvas.clientWidth - tip.offsetWidth - 8);
  const below = y + 16 + tip.offsetHeight < canvas.clientHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? y + 16 : y - 16 - tip.offsetHeight}px`;
}

function onScreen(node) {
  const [x, y] = view.at(node);
  return [x * camera.k + camera.x, y * camera.k + camera.y];
}

function showState(changed) {
  if (changed.has("selected")) showSelected();
  if (changed.has("matches")) {
    canvas.classList.toggle("searching", state.matches !== null);
    for (const [id, element] of view.marks) element.classList.toggle("match", Boolean(state.matches?.has(id)));
  }
  if (changed.has("view") && state.view === "tree") reveal(state.selected);
}

function showSelected() {
  const old = canvas.querySelector(".node.selected");
  old?.classList.remove("selected");
  old?.setAttribute("aria-selected", "false");
  const node = state.selected;
  view.showPath(node);
  if (!node) return;
  const element = view.marks.get(node.id);
  element.classList.add("selected");
  element.setAttribute("aria-selected", "true");
  canvas.setAttribute("aria-activedescendant", element.id);
  reveal(node);
}

/** Pans just far enough that the node is well inside the canvas. */
function reveal(node) {
  if (!node || !canvas.clientWidth) return;
  const [x, y] = onScreen(node);
  const margin = 24;
  const inward = (value, size) => Math.max(0, margin - value) - Math.max(0, value - (size - margin));
  const [dx, dy] = [inward(x, canvas.clientWidth), inward(y, canvas.clientHeight)];
  if (!dx && !dy) return;
  camera.x += dx;
  camera.y += dy;
  camera.fitted = false;
  place();
}

/** The node an arrow key leads to from this one. */
function neighbour(node, key) {
  const turned = { ArrowUp: "ArrowLeft", ArrowDown: "ArrowRight", ArrowLeft: "ArrowUp", ArrowRight: "ArrowDown" };
  const way = view.right ? turned[key] : key;
  if (way === "ArrowUp") return node.parents.length ? nodes.get(node.parents[0]) : null;
  if (way === "ArrowDown") return inOrder(node.children)[0] ?? null;
  const row = inOrder(node.parents.length ? nodes.get(node.parents[0]).children : roots);
  const step = way === "ArrowRight" ? 1 : -1;
  return row[row.indexOf(node) + step] ?? beside(node, step);
}

/** Siblings as the eye meets them: a box is read row by row. */
function inOrder(siblings) {
  return [...siblings].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** The next node of another family at the same depth. */
function beside(node, step) {
  const level = byStep.filter((other) => Math.abs(other.y - node.y) < 0.01);
  level.sort((a, b) => a.x - b.x);
  return level[level.indexOf(node) + step] ?? null;
}

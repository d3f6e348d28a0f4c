// Best score so far, on the search rows and on the selection rows, over steps or over time.

const plot = byId("curve");
const PAD = { left: 54, right: 126, top: 10, bottom: 24 };
let curveOver = "steps";
let curveMap = null;

function startCurve() {
  const better = run.sign > 0 ? "higher" : "lower";
  byId("curve-title").textContent = `${run.metric}, ${better} is better`;
  for (const over of ["steps", "time"]) byId(`over-${over}`).onclick = () => setAxis(over);
  new ResizeObserver(drawCurve).observe(plot);
  plot.addEventListener("pointermove", (event) => showValues(nearest(event)));
  plot.addEventListener("pointerleave", () => showValues(null));
  plot.addEventListener("click", (event) => nearest(event) && select(nearest(event)));
  onUpdate((changed) => (changed.has("selected") || changed.has("matches")) && drawCurve());
}

function setAxis(over) {
  curveOver = over;
  for (const other of ["steps", "time"]) byId(`over-${other}`).setAttribute("aria-pressed", other === over);
  drawCurve();
}

const abscissa = (node) => (curveOver === "steps" ? node.id : node.at);
const inAxisOrder = () => [...byStep].sort((a, b) => abscissa(a) - abscissa(b) || a.id - b.id);

/** [abscissa, value] where the best value so far changes. */
function bestSoFar(valueOf) {
  const points = [];
  let top = null;
  for (const node of inAxisOrder()) {
    const value = valueOf(node);
    if (value === null || (top !== null && value * run.sign <= top * run.sign)) continue;
    top = value;
    points.push([abscissa(node), value]);
  }
  return points;
}

const searchScore = (node) => (node.goodness === null ? null : node.score[0]);
const selectionScore = (node) => (node.selection === null ? null : node.selection[0]);

function drawCurve() {
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  const scored = byStep.filter((node) => searchScore(node) !== null);
  plot.replaceChildren();
  plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (!scored.length || width < 200) return;
  const series = [
    { name: "search", points: bestSoFar(searchScore) },
    { name: "selection", points: bestSoFar(selectionScore) },
  ].filter(({ points }) => points.length);
  const map = mapping(width, height, series);
  curveMap = map;
  plot.append(
    axes(map, width, height),
    svg("g", {}, ...scored.map((node) => dot(node, map))),
    ...series.map((one) => stepLine(one, map)),
    ...endLabels(series, map),
    svg("g", { id: "curve-values" }),
  );
}

/** The vertical range: both lines, but no more than twice the colour scale, so that a bad start
 * does not flatten all that follows. What lies beyond is drawn at the edge. */
function verticalRange(series) {
  const floor = 2 * scale.low - scale.high;
  const goodness = series.flatMap(({ points }) => points.map(([, value]) => Math.max(floor, value * run.sign)));
  const values = [...goodness, scale.low, scale.high].map((value) => value * run.sign);
  return [Math.min(...values), Math.max(...values)];
}

/** Linear maps to pixels. */
function mapping(width, height, series) {
  let [low, high] = verticalRange(series);
  const air = (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
  [low, high] = [low - air, high + air];
  const end = Math.max(1e-9, ...byStep.map(abscissa));
  const inner = { width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.bottom };
  return {
    low, high, end,
    right: PAD.left + inner.width,
    x: (value) => PAD.left + (inner.width * value) / end,
    y: (value) => PAD.top + inner.height * (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low)),
  };
}

function ticks(low, high, about) {
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high + 1e-12; at += 1) found.push(at * step);
  return { values: found, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

function axes(map, width, height) {
  const group = svg("g", { class: "axes" });
  const vertical = ticks(map.low, map.high, Math.max(2, height / 45));
  for (const value of vertical.values) {
    const y = map.y(value);
    group.append(svg("path", { d: `M${PAD.left} ${y}H${map.right}` }),
      svg("text", { x: PAD.left - 8, y: y + 3.5, "text-anchor": "end" }, value.toFixed(Math.min(6, vertical.digits))));
  }
  const across = ticks(0, map.end, Math.max(2, width / 110));
  for (const value of across.values) {
    const name = curveOver === "steps" ? value.toFixed(0) : fmt.seconds(value);
    if (curveOver === "steps" && !Number.isInteger(value)) continue;
    group.append(svg("text", { x: map.x(value), y: height - 7, "text-anchor": "middle" }, name));
  }
  return group;
}

function dot(node, map) {
  const faded = state.matches && !state.matches.has(node.id) ? " faded" : "";
  const chosen = state.selected === node ? " chosen" : "";
  const beyond = node.score[0] < map.low || node.score[0] > map.high ? " beyond" : "";
  const element = svg("circle", {
    class: `dot${beyond}${faded}${chosen}`, r: chosen ? 4.5 : 2.6,
    cx: map.x(abscissa(node)), cy: map.y(node.score[0]),
  });
  element.style.setProperty("--t", shade(node.goodness).toFixed(3));
  return element;
}

function stepLine({ name, points }, map) {
  const [first, ...rest] = points;
  const steps = rest.map(([x, value]) => `H${map.x(x)}V${map.y(value)}`).join("");
  return svg("path", { class: `line ${name}`, d: `M${map.x(first[0])} ${map.y(first[1])}${steps}H${map.right}` });
}

/** Each line is named at its end; names that would overlap are moved apart. */
function endLabels(series, map) {
  const labels = series.map(({ name, points }) => ({ name, value: points.at(-1)[1], y: map.y(points.at(-1)[1]) }));
  labels.sort((a, b) => a.y - b.y);
  for (let at = 1; at < labels.length; at += 1) labels[at].y = Math.max(labels[at].y, labels[at - 1].y + 13);
  return labels.map(({ name, value, y }) =>
    svg("text", { class: `end ${name}`, x: map.right + 7, y: y + 3.5 }, `${name} ${fmt.score(value)}`));
}

function nearest(event) {
  if (!curveMap) return null;
  const x = event.clientX - plot.getBoundingClientRect().left;
  const distance = (node) => Math.abs(curveMap.x(abscissa(node)) - x);
  return byStep.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** A hairline at a node, with its values and the best so far. */
function showValues(node) {
  const group = byId("curve-values");
  if (!group) return;
  group.replaceChildren();
  if (!node) return;
  const x = curveMap.x(abscissa(node));
  const leads = x < (PAD.left + curveMap.right) / 2;
  const lines = [
    `#${node.id} ${node.operator}: ${node.goodness === null ? node.status : fmt.score(node.score[0])}`,
    node.selection ? `selection ${fmt.metric(node.selection)}` : null,
    `after ${fmt.seconds(node.at)}`,
  ].filter(Boolean);
  group.append(svg("path", { class: "hair", d: `M${x} ${PAD.top}V${plot.clientHeight - PAD.bottom}` }));
  lines.forEach((line, row) => group.append(svg("text", {
    x: x + (leads ? 8 : -8), y: PAD.top + 11 + 14 * row, "text-anchor": leads ? "start" : "end",
  }, line)));
}

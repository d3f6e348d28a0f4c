// One node in full: where it comes from, its scores and costs, plan, code, diff, prompt, output.

const TABS = ["code", "diff", "prompt", "output"];
const panel = byId("panel");
let diffParent = null;

function startPanel() {
  onUpdate((changed) => {
    if (changed.has("selected")) diffParent = null;
    if (changed.has("selected") || changed.has("tab")) showPanel();
    if (changed.has("selected")) panel.scrollTop = 0;
  });
}

function showPanel() {
  const node = state.selected;
  if (!node) {
    panel.replaceChildren(el("p", { class: "quiet empty" }, "No attempt has been recorded yet."));
    return;
  }
  panel.replaceChildren(
    panelHead(node),
    scores(node),
    ...prose("Plan", node.plan),
    ...prose(node.status === "error" ? "What failed (infrastructure)" : "Feedback", node.feedback),
    tabBar(node),
    el("div", { class: "body", role: "tabpanel", id: "tab-body", "aria-labelledby": `tab-${state.tab}` }, tabBody(node)),
  );
  markMatches(panel);
}

function panelHead(node) {
  const place = node === best ? (run.chosen ? "the chosen solution" : "best so far") : bestPath.has(node.id) ? "on the best path" : null;
  return el("header", {},
    el("h2", {}, symbol(node), `#${node.id} ${node.operator}`, el("span", { class: `status ${node.status}` }, node.status),
      place && el("span", { class: "status top" }, place)),
    el("p", { class: "kin" }, ...links("from", node.parents), ...links("children", node.children.map((child) => child.id))),
  );
}

function links(name, ids) {
  if (!ids.length) return [];
  const shown = ids.slice(0, 12).map((id) => el("a", { href: `#node=${id}` }, `#${id}`));
  const more = ids.length > 12 ? [` and ${ids.length - 12} more`] : [];
  return [el("span", {}, `${name} `, ...shown.flatMap((link) => [link, " "]), ...more)];
}

function scores(node) {
  const tokens = `${fmt.tokens(node.promptTokens)} in, ${fmt.tokens(node.completionTokens)} out`;
  const pairs = [
    ["Search", node.goodness === null ? node.status : fmt.metric(node.score)],
    ["Selection", fmt.metric(node.selection)],
    ["Test", fmt.metric(node.test)],
    ["Quality", node.quality === null ? "-" : node.quality.toFixed(3)],
    ["Time", fmt.seconds(totalSeconds(node)), `asked ${fmt.seconds(node.askSeconds)}, ran ${fmt.seconds(node.runSeconds)}`],
    ["Tokens", tokens],
    ["Cost", fmt.usd(node.usd)],
  ].filter(([, value]) => value !== "-");
  return el("dl", { class: "scores" },
    pairs.map(([name, value, title]) => el("div", { title }, el("dt", {}, name), el("dd", {}, value))));
}

function prose(title, text) {
  return text.trim() ? [el("h3", {}, title), el("p", { class: "prose" }, text.trim())] : [];
}

function tabBar(node) {
  const names = { code: "Code", diff: "Diff", prompt: "Prompt", output: "Output" };
  return el("div", { class: "tabs", role: "tablist", "aria-label": "Details" },
    TABS.map((tab) => el("button", {
      type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "tab-body",
      "aria-selected": String(state.tab === tab), onclick: () => update({ tab }),
    }, names[tab])),
    state.tab === "code" && node.code ? copyButton(node) : null);
}

const copyButton = (node) =>
  el("button", { type: "button", class: "copy", onclick: (event) => copy(node.code, event.target) }, "copy");

function tabBody(node) {
  if (state.tab === "code") return codeBody(node);
  if (state.tab === "diff") return diffBody(node);
  if (state.tab === "prompt") return promptBody(node);
  return node.output ? el("pre", { class: "output" }, node.output) : quiet("It printed nothing.");
}

const quiet = (text) => el("p", { class: "quiet" }, text);

function codeBody(node) {
  if (!node.code) return quiet("There is no code.");
  const numbers = splitLines(node.code).map((_, index) => index + 1).join("\n");
  return el("div", { class: "code" },
    el("pre", { class: "numbers", "aria-hidden": "true" }, numbers),
    el("pre", { class: "source" }, coloured(node.code)));
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  } catch {
    getSelection().selectAllChildren(panel.querySelector(".source"));
    button.textContent = "selected: copy with the keyboard";
  }
}

function diffBody(node) {
  if (!node.parents.length) return quiet("A first draft: there is nothing to compare it with.");
  const parentId = diffParent ?? node.parents[0];
  const lines = diffLines(nodes.get(parentId).code, node.code);
  const count = (kind) => lines.filter((line) => line.kind === kind).length;
  const head = el("p", { class: "quiet" }, "Compared with ", ...parentChoice(node, parentId),
    ": ", el("ins", {}, `+${count("new")}`), " ", el("del", {}, `−${count("old")}`), " lines");
  const shown = withContext(lines);
  if (typeof shown[0] === "number" && shown.length === 1) return el("div", {}, head, quiet("No line differs."));
  return el("div", {}, head, el("div", { class: "diff" }, shown.map(diffLine)));
}

function parentChoice(node, chosen) {
  return node.parents.flatMap((id) => [
    el("button", { type: "button", class: "chip", "aria-pressed": String(id === chosen),
      onclick: () => ((diffParent = id), showPanel()) }, `#${id}`), " "]);
}

function diffLine(line) {
  if (typeof line === "number") return el("div", { class: "gap" }, `${line} equal lines`);
  const sign = { same: " ", old: "−", new: "+" }[line.kind];
  return el("div", { class: `row ${line.kind}` },
    el("span", { class: "at" }, String(line.new ?? line.old)), el("span", { class: "sign" }, sign),
    el("code", {}, coloured(line.text)));
}

function promptBody(node) {
  const messages = promptOf(node);
  if (messages === null) return quiet(`Left out to keep this page small; see nodes/${String(node.id).padStart(4, "0")}/prompt.json in the run folder.`);
  if (!messages.length) return quiet("No prompt is recorded.");
  return el("div", {}, messages.map(([role, text]) =>
    el("section", { class: "message" }, el("h4", {}, role), el("pre", {}, headings(text)))));
}

/** Markdown headings stand out; everything else is as the model saw it. */
function headings(text) {
  let fenced = false;
  return text.split(/(?<=\n)/).map((line) => {
    if (line.startsWith("```")) fenced = !fenced;
    return !fenced && /^#{1,2} /.test(line) ? el("b", {}, line) : line;
  });
}

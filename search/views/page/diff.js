// Differences between two texts by lines: the longest common subsequence, after cutting off what is
// equal at both ends. Where the rest is too large for a table, it is shown as replaced.

const MAX_CELLS = 6e6;

/** Lines as {kind: "same" | "old" | "new", text, old, new}; numbers count from 1. */
function diffLines(oldText, newText) {
  const a = splitLines(oldText);
  const b = splitLines(newText);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const kinds = [
    ...Array(head).fill("same"),
    ...middleKinds(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...Array(tail).fill("same"),
  ];
  return numbered(kinds, a, b);
}

const splitLines = (text) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

function middleKinds(a, b) {
  const replaced = [...Array(a.length).fill("old"), ...Array(b.length).fill("new")];
  if (!a.length || !b.length || a.length * b.length > MAX_CELLS) return replaced;
  const width = b.length + 1;
  const length = commonLengths(a, b, width);
  const kinds = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const kind = nextKind(length, i, j, width, a[i] === b[j]);
    kinds.push(kind);
    if (kind !== "new") i += 1;
    if (kind !== "old") j += 1;
  }
  return [...kinds, ...Array(a.length - i).fill("old"), ...Array(b.length - j).fill("new")];
}

function nextKind(length, i, j, width, equal) {
  if (equal) return "same";
  return length[(i + 1) * width + j] >= length[i * width + j + 1] ? "old" : "new";
}

/** Cell (i, j): how many lines a[i:] and b[j:] have in common, in order. */
function commonLengths(a, b, width) {
  const length = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      length[at] =
        a[i] === b[j] ? length[at + width + 1] + 1 : Math.max(length[at + width], length[at + 1]);
    }
  }
  return length;
}

function numbered(kinds, a, b) {
  let [i, j] = [0, 0];
  return kinds.map((kind) => {
    const text = kind === "new" ? b[j] : a[i];
    const line = { kind, text, old: null, new: null };
    if (kind !== "new") line.old = i += 1;
    if (kind !== "old") line.new = j += 1;
    return line;
  });
}

/** Changed lines with `context` lines around; a number stands for so many equal lines left out. */
function withContext(lines, context = 4) {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, index) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const shown = [];
  lines.forEach((line, index) => {
    if (near[index]) shown.push(line);
    else if (typeof shown.at(-1) === "number") shown[shown.length - 1] += 1;
    else shown.push(1);
  });
  return shown;
}

// A light colouring of Python: tokens found by one expression, shown as text.

const KEYWORDS = new Set(
  ("and as assert async await break case class continue def del elif else except finally for from " +
    "global if import in is lambda match nonlocal not or pass raise return try while with yield " +
    "True False None").split(" "),
);
const TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<string>\b[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)))/,
    /(?<text>(?:\b[rbfuRBFU]{1,2})?(?:"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<number>\b(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)\b)/,
    /(?<decorator>^[ \t]*@[\w.]+)/,
    /(?<call>\b[A-Za-z_]\w*(?=\())/,
    /(?<word>\b[A-Za-z_]\w*)/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gm",
);

/** [kind, text] pairs that joined give the code back; kind "" is plain. */
function tokens(code) {
  const found = [];
  let at = 0;
  for (const match of code.matchAll(TOKEN)) {
    if (match.index > at) found.push(["", code.slice(at, match.index)]);
    found.push([kindOf(match), match[0]]);
    at = match.index + match[0].length;
  }
  if (at < code.length) found.push(["", code.slice(at)]);
  return found;
}

function kindOf({ groups, 0: token }) {
  if (groups.word || groups.call) return KEYWORDS.has(token) ? "keyword" : groups.call ? "call" : "";
  if (groups.text || groups.string) return "string";
  return groups.comment ? "comment" : groups.number ? "number" : "decorator";
}

/** The code as text and span nodes. */
function coloured(code) {
  return tokens(code).map(([kind, token]) => (kind ? el("span", { class: `py-${kind}` }, token) : token));
}

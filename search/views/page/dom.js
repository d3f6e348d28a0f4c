// Building the page. All text goes in as text nodes: no function here takes HTML.

const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

/** An element; `attributes` may hold `onclick`-style listeners; strings become text nodes. */
function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const fmt = {
  score(value) {
    if (value === null) return "-";
    const size = Math.abs(value);
    if (size === 0 || (size >= 0.001 && size < 100)) return value.toFixed(4);
    return String(Number(value.toPrecision(size < 1 ? 3 : 5)));
  },
  metric(pair) {
    if (pair === null) return "-";
    return fmt.score(pair[0]) + (pair[1] === null ? "" : ` ± ${Number(pair[1].toPrecision(2))}`);
  },
  seconds(value) {
    if (value < 9.95) return `${value.toFixed(1)}s`;
    const whole = Math.round(value);
    const pad = (number) => String(number).padStart(2, "0");
    if (whole < 60) return `${whole}s`;
    if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
    return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`;
  },
  tokens(value) {
    if (value < 1000) return String(value);
    return value < 999950 ? `${(value / 1e3).toFixed(1)}k` : `${(value / 1e6).toFixed(2)}M`;
  },
  usd(value) {
    if (value === null) return "unknown";
    return value > 0 && value < 0.1 ? `$${value.toFixed(4)}` : `$${value.toFixed(2)}`;
  },
};

// The two charts, drawn as SVG at the width they have, so that letters keep their size on a phone.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

// An SVG element with attributes and children; text stays text.
function draw(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Round numbers that cover low to high, some `n` of them.
function ticks(low, high, n) {
  const rough = (high - low) / n || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * power >= rough) * power;
  const all = [];
  for (let i = Math.floor(low / step); i * step < high + step * 0.999; i++) all.push(i * step);
  return all;
}

// The part of a chart that both share: box, scale, horizontal lines with their numbers.
function frame(width, height, low, high, words, title) {
  const marks = ticks(Math.min(0, low), Math.max(0, high), 4);
  const names = marks.map(words);
  const left = 12 + 7 * Math.max(...names.map((name) => name.length));
  const [top, bottom] = [26, height - 24];
  const [first, last] = [marks[0], marks.at(-1)];
  const y = (value) => bottom - ((value - first) / (last - first || 1)) * (bottom - top);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
  marks.forEach((mark, i) =>
    svg.append(
      draw("line", { class: "grid", x1: left, x2: width, y1: y(mark), y2: y(mark) }),
      draw("text", { x: left - 6, y: y(mark) + 4, "text-anchor": "end" }, names[i]),
    ),
  );
  return { svg, y, left, top, bottom };
}

// A bar for each authority, in the order given; the chosen one named, neighbours marked below.
// bars: {la, name, value, kind: "self" | "near" | "", title}; choose(la) when one is clicked.
function distributionChart(width, bars, england, words, title, choose) {
  const height = width < 620 ? 240 : 300;
  const values = bars.map((bar) => bar.value).concat(england ?? []);
  const { svg, y, left, top, bottom } = frame(width, height, Math.min(...values), Math.max(...values), words, title);
  const step = (width - left) / bars.length;
  const thick = Math.min(40, Math.max(1, step - (step > 4 ? 1 : 0.4)));
  const named = []; // over everything else
  bars.forEach((bar, i) => {
    const middle = left + (i + 0.5) * step;
    const [from, to] = [y(Math.max(0, bar.value)), y(Math.min(0, bar.value))];
    const box = { x: middle - thick / 2, y: from, width: thick, height: Math.max(1, to - from) };
    const node = draw("rect", { class: `bar ${bar.kind}`, ...box }, draw("title", {}, bar.title));
    node.addEventListener("click", () => choose(bar.la));
    svg.append(node);
    if (bar.kind === "near") {
      svg.append(draw("path", { class: "mark near", d: `M${middle} ${bottom + 4}l4 7h-8z` }));
    } else if (bar.kind === "self") {
      const anchor = middle > width * 0.7 ? "end" : middle < left + width * 0.3 ? "start" : "middle";
      named.push(
        draw("path", { class: "mark self", d: `M${middle} ${from - 2}l5 -8h-10z` }),
        draw("text", { class: "label", x: middle, y: Math.max(11, from - 14), "text-anchor": anchor }, bar.name),
      );
    }
  });
  if (england !== null) {
    svg.append(draw("line", { class: "england", x1: left, x2: width, y1: y(england), y2: y(england) }));
  }
  svg.append(...named);
  return svg;
}

// Lines over the years. lines: {kind, values by year place}; broken before the years of `breaks` and where
// there is no value; a cross at the foot of the years in `without`.
function seriesChart(width, years, lines, breaks, without, words, title) {
  const height = width < 620 ? 230 : 280;
  const values = lines.flatMap((line) => line.values).filter((value) => value !== null);
  const { svg, y, left, top, bottom } = frame(width, height, Math.min(...values, 0), Math.max(...values, 0), words, title);
  const [first, last] = [years[0], years.at(-1)];
  const x = (year) => left + 16 + ((year - first) / (last - first || 1)) * (width - left - 36);
  const every = Math.ceil((last - first + 1) / ((width - left) / 44));
  for (let year = last; year >= first; year -= every) {
    svg.append(draw("text", { x: x(year), y: bottom + 18, "text-anchor": "middle" }, `${year}`));
  }
  for (const year of breaks.filter((year) => year > first && year <= last)) {
    svg.append(draw("line", { class: "break", x1: x(year - 0.5), x2: x(year - 0.5), y1: top, y2: bottom }));
  }
  for (const { kind, values } of lines) {
    let path = "";
    let before = null;
    years.forEach((year, i) => {
      const value = values[i];
      if (value === null) return;
      const joined = before === year - 1 && !breaks.includes(year);
      path += `${joined ? "L" : "M"}${x(year).toFixed(1)} ${y(value).toFixed(1)}`;
      const alone = !joined && (values[i + 1] ?? null) === null;
      if (kind === "own") svg.append(draw("circle", { class: "dot", cx: x(year), cy: y(value), r: 3.2 }));
      else if (alone) path += "h.1";
      before = year;
    });
    svg.append(draw("path", { class: kind, d: path }));
  }
  for (const year of without) {
    svg.append(draw("path", { class: "none", d: `M${x(year) - 4} ${bottom - 9}l8 8m0-8l-8 8` }));
  }
  return svg;
}

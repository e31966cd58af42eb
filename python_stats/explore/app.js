// The page: what is chosen stands in the address after #; every change goes there and is drawn from there.
// Nothing is put together as HTML: names and labels are only ever text.
"use strict";

const FIGURES = new Map(); // by indicator, as their scripts arrive
const BOM = "\uFEFF"; // without it Excel takes the file for another encoding
const $ = (id) => document.getElementById(id);
const indicatorOf = new Map(INDEX.indicators.map((indicator) => [indicator.code, indicator]));
const placeOf = new Map(INDEX.las.map((la, place) => [la.code, place]));
let now = null; // {indicator, year, region, la} as drawn: code, number, place or null, place or null

// ---- small helpers

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const option = (value, text) => make("option", { value }, text);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

// ---- words for what the figures say

// From when to when an authority existed; empty if always.
function existence({ first, last }) {
  return [first && `from ${first}`, last && `to ${last}`].filter(Boolean).join(" ");
}

function laName(place) {
  const years = existence(INDEX.las[place]);
  return INDEX.las[place].name + (years ? ` (${years})` : "");
}

// Years in order as 2010 to 2013, 2015.
function spans(years) {
  const all = [];
  for (const year of years) {
    const span = all.at(-1);
    if (span && span[1] === year - 1) span[1] = year;
    else all.push([year, year]);
  }
  return all.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(", ");
}

// A number with its indicator's decimals and unit.
function number(value, { unit, decimals }) {
  const size = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const text = Math.abs(value).toLocaleString("en-GB", size);
  const sign = value < 0 && /[1-9]/.test(text) ? "-" : "";
  return `${sign}${unit === "pounds" ? "£" : ""}${text}${unit === "percentage" ? "%" : ""}`;
}

function unitWords({ unit }) {
  return { percentage: "", pounds: "", count: "", "rate per 10,000": "per 10,000", "rate per 100": "per 100" }[unit] ?? unit;
}

const isFigure = (value) => typeof value === "number";

// A figure, or in words why there is none: {short, why}.
function words(value, indicator, place, year) {
  if (isFigure(value)) return { short: number(value, indicator), why: "" };
  if (value !== null) return INDEX.statuses[value];
  const { first, last } = INDEX.las[place];
  if ((first && year < first) || (last && year > last)) {
    return { short: "did not exist", why: `it exists ${existence(INDEX.las[place])}` };
  }
  return { short: "not in the mart", why: "no row for this authority and year" };
}

function rankWords(ranks, place) {
  if (!ranks || ranks[place] === null) return "";
  const same = ranks.filter((rank) => rank === ranks[place]).length;
  return `${same > 1 ? "=" : ""}${ranks[place]} of ${ranks.filter((rank) => rank !== null).length}`;
}

function benchmarkWords(pair, indicator) {
  return pair ? number(pair[0], indicator) + (INDEX.bases[pair[1]] ?? "") : "";
}

// Edition, day and file of a figure; null where the authority has no row.
function sourceOf(figures, y, place) {
  const which = figures.source[y];
  const at = Array.isArray(which) ? which[place] : figures.values[y][place] === null ? null : which;
  if (at === null) return null;
  const [edition, knownOn, file, isDerived, isCarried, joint] = figures.sources[at];
  const notes = [
    isDerived && "computed from what is printed",
    isCarried && "carried from the year of its edition",
    joint && `of the joint return ${joint}`,
  ].filter(Boolean);
  return { edition, knownOn, file, isDerived, isCarried, joint, notes };
}

// ---- the address

function fromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const unknown = [];
  const known = (name, has, otherwise) => {
    const value = asked.get(name);
    if (value === null || value === "") return otherwise;
    if (has(value)) return value;
    unknown.push(`${name} ${value}`);
    return otherwise;
  };
  const indicator = known("indicator", (code) => indicatorOf.has(code), INDEX.first_indicator);
  const region = known("region", (name) => INDEX.regions.includes(name), null);
  const la = known("la", (code) => placeOf.has(code), null);
  const year = known("year", (text) => /^\d{4}$/.test(text), null);
  return {
    indicator,
    year: year && Number(year),
    region: region && INDEX.regions.indexOf(region),
    la: la && placeOf.get(la),
    unknown,
  };
}

function addressOf({ indicator, year, region, la }) {
  const chosen = new URLSearchParams({ indicator, year });
  if (region !== null) chosen.set("region", INDEX.regions[region]);
  if (la !== null) chosen.set("la", INDEX.las[la].code);
  return `#${chosen}`;
}

function go(change) {
  location.hash = addressOf({ ...now, ...change });
}

// ---- figures, a script each

function addFigures(code, figures) {
  FIGURES.set(code, figures);
}

function load(code) {
  return new Promise((done, failed) => {
    if (FIGURES.has(code)) return done();
    const script = make("script", { src: `data/${encodeURIComponent(code)}.js` });
    script.onload = done;
    script.onerror = () => failed(new Error(`The figures could not be read: data/${code}.js is not beside this page.`));
    document.head.append(script);
  });
}

function say(problem) {
  $("problem").textContent = problem;
  $("problem").hidden = !problem;
}

async function show() {
  const asked = fromAddress();
  const address = location.hash;
  try {
    await load(asked.indicator);
  } catch (error) {
    say(error.message);
    return;
  }
  if (location.hash !== address) return; // something else was chosen meanwhile
  const { years } = FIGURES.get(asked.indicator);
  const year = years.includes(asked.year) ? asked.year : years.findLast((it) => it <= asked.year) ?? years.at(-1);
  now = { indicator: asked.indicator, year, region: asked.region, la: asked.la };
  say(asked.unknown.length ? `Not known here, and left out: ${asked.unknown.join(", ")}.` : "");
  history.replaceState(null, "", addressOf(now));
  render();
}

// ---- the controls

function fillIndicators() {
  const wanted = plain($("find").value).split(/\s+/).filter(Boolean);
  const fits = ({ code, label, definition, theme }) => {
    const text = plain([code.replaceAll("_", " "), label, definition, theme].join(" "));
    return wanted.every((word) => text.includes(word));
  };
  const found = INDEX.indicators.filter(fits);
  const chosen = indicatorOf.get(now.indicator);
  const groups = new Map();
  if (!found.includes(chosen)) groups.set("shown now", [chosen]);
  for (const indicator of found) {
    if (!groups.has(indicator.theme)) groups.set(indicator.theme, []);
    groups.get(indicator.theme).push(indicator);
  }
  const select = $("choose-indicator");
  select.replaceChildren(
    ...[...groups].map(([theme, list]) =>
      make("optgroup", { label: capital(theme) }, ...list.map(({ code, label }) => option(code, label))),
    ),
  );
  select.value = now.indicator;
  $("found").textContent = wanted.length
    ? `${found.length} of ${INDEX.indicators.length} indicators${found.length ? "; Enter shows the first" : ": try fewer words"}`
    : "";
  return found;
}

function fillControls(figures) {
  fillIndicators();
  $("choose-year").replaceChildren(...figures.years.toReversed().map((year) => option(year, `${year}`)));
  $("choose-year").value = now.year;
  $("choose-region").value = now.region ?? "";
  $("choose-la").value = now.la === null ? "" : INDEX.las[now.la].code;
}

function listen() {
  $("choose-region").append(option("", "All of England"), ...INDEX.regions.map((name, i) => option(i, name)));
  $("choose-la").append(option("", "None chosen"), ...INDEX.las.map((la, i) => option(la.code, laName(i))));
  $("choose-indicator").addEventListener("change", (event) => {
    $("find").value = "";
    go({ indicator: event.target.value });
  });
  $("choose-year").addEventListener("change", (event) => go({ year: Number(event.target.value) }));
  $("choose-region").addEventListener("change", ({ target }) =>
    go({ region: target.value === "" ? null : Number(target.value) }),
  );
  $("choose-la").addEventListener("change", ({ target }) => go({ la: placeOf.get(target.value) ?? null }));
  $("find").addEventListener("input", fillIndicators);
  $("choices").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = fillIndicators();
    $("find").value = "";
    go({ indicator: first?.code ?? now.indicator });
  });
  $("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address is for what is chosen
    $("main").focus();
  });
  $("download-year").addEventListener("click", () => download([now.year]));
  $("download-all").addEventListener("click", () => download(FIGURES.get(now.indicator).years));
  window.addEventListener("hashchange", show);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (width !== window.innerWidth) drawCharts();
    width = window.innerWidth;
  });
}

// ---- the page

// What the parts below need of the indicator and year chosen.
function chosen() {
  const indicator = indicatorOf.get(now.indicator);
  const figures = FIGURES.get(now.indicator);
  const y = figures.years.indexOf(now.year);
  const values = figures.values[y];
  const shown = INDEX.las
    .map((_, place) => place)
    .filter((place) => values[place] !== null && (now.region === null || INDEX.las[place].region === now.region));
  const lowFirst = indicator.polarity === "low" ? 1 : -1;
  const ranked = shown.filter((place) => isFigure(values[place]));
  ranked.sort((a, b) => lowFirst * (values[a] - values[b]) || a - b);
  return {
    indicator,
    figures,
    y,
    values,
    ranked,
    without: shown.filter((place) => !isFigure(values[place])),
    ranks: figures.ranks?.[y],
    england: figures.england[y],
    near: now.la === null ? [] : INDEX.las[now.la].neighbours,
  };
}

function render() {
  const it = chosen();
  $("main").hidden = false;
  $("main").classList.toggle("unranked", !it.figures.ranks);
  fillControls(it.figures);
  const where = now.region === null ? "England" : INDEX.regions[now.region];
  document.title = `${it.indicator.label}, ${now.year}: ${now.la === null ? where : INDEX.las[now.la].name}`;
  $("label").textContent = it.indicator.label;
  $("meaning").textContent = it.indicator.definition;
  $("distribution-title").textContent = `Authorities in ${now.year}, ${where}`;
  $("table-title").textContent = `Table: ${it.indicator.label}, ${now.year}, ${where}`;
  renderSummary(it);
  renderMissing(it);
  renderSeriesTable(it);
  renderNeighbours(it);
  renderDefinition(it);
  renderTable(it);
  drawCharts();
}

function renderSummary({ indicator, figures, y, values, ranks, england }) {
  const told = england ? `England ${benchmarkWords(england, indicator)}. ` : "No figure for England. ";
  const region = now.la === null ? now.region : INDEX.las[now.la].region;
  const pair = region === null ? null : figures.regions[y][region];
  const beside = told + (pair ? `${INDEX.regions[region]} ${benchmarkWords(pair, indicator)}. ` : "");
  if (now.la === null) {
    const text = england ? benchmarkWords(england, indicator) : "No figure";
    $("summary").replaceChildren(
      make("p", { class: england ? "value" : "value none" }, text, ` ${england ? unitWords(indicator) : ""}`),
      make("p", {}, `England in ${now.year}. ${pair ? beside.slice(told.length) : ""}Choose an authority to see where it stands.`),
    );
    return;
  }
  const { short, why } = words(values[now.la], indicator, now.la, now.year);
  const mean = figures.neighbours[y][now.la];
  const rank = rankWords(ranks, now.la);
  const notes = sourceOf(figures, y, now.la)?.notes.map((note) => `${capital(note)}. `) ?? [];
  $("summary").replaceChildren(
    isFigure(values[now.la])
      ? make("p", { class: "value" }, `${short} ${unitWords(indicator)}`)
      : make("p", { class: "value none" }, capital(short) + (why ? `: ${why}` : "")),
    make(
      "p",
      {},
      `${laName(now.la)} in ${now.year}. ${rank ? `Rank ${rank}. ` : ""}${beside}`,
      mean === null ? "" : `Mean of its neighbours ${number(mean, indicator)}. `,
      ...notes,
    ),
  );
}

function renderMissing({ indicator, values, without }) {
  const groups = Map.groupBy(without, (place) => values[place]);
  const lists = [...groups].map(([status, places]) => {
    const { short, why } = INDEX.statuses[status];
    const names = places.map(laName).join("; ");
    return make("li", {}, make("b", {}, `${capital(short)} (${places.length})`), `${why ? `, ${why}` : ""}: ${names}.`);
  });
  if (!lists.length) return $("missing").replaceChildren(make("p", { class: "soft" }, "Every authority has a figure."));
  const open = $("missing").querySelector("details")?.open ?? false;
  const details = make(
    "details",
    {},
    make("summary", {}, `${without.length} ${without.length === 1 ? "authority has" : "authorities have"} no figure: which, and why`),
    make("ul", { class: "notes" }, ...lists),
  );
  details.open = open;
  $("missing").replaceChildren(details);
}

// An entry of a key: a small drawing and what it stands for.
function keyEntry(shape, text) {
  const drawing = draw("svg", { viewBox: "0 0 26 14", "aria-hidden": "true" }, draw(shape.name, shape));
  return make("li", {}, drawing, text);
}

function drawCharts() {
  if (!now) return;
  const it = chosen();
  drawDistribution(it);
  drawSeries(it);
}

const LINE = { name: "line", x1: 1, x2: 25, y1: 7, y2: 7 };
const BOX = { name: "rect", x: 9, y: 1, width: 8, height: 12 };

// Why the chosen authority has no bar.
function absentWords(indicator, value) {
  const why = isFigure(value) ? "in another region" : words(value, indicator, now.la, now.year).short;
  return `${INDEX.las[now.la].name} is not among them: ${why}.`;
}

function drawDistribution({ indicator, values, ranked, ranks, england, near }) {
  const order = { low: "lowest first, as low is good", high: "highest first, as high is good", none: "highest first" };
  const absent = now.la === null || ranked.includes(now.la) ? "" : absentWords(indicator, values[now.la]);
  const drawn = `A bar for each of ${ranked.length} with a figure, ${order[indicator.polarity]}.`;
  $("distribution-note").textContent = ranked.length
    ? [drawn, absent, "The table at the end has the same in words."].filter(Boolean).join(" ")
    : "No authority has a figure.";
  if (!ranked.length) {
    $("distribution").replaceChildren();
    $("distribution-key").replaceChildren();
    return;
  }
  const bars = ranked.map((la) => {
    const rank = rankWords(ranks, la);
    const title = `${laName(la)}: ${number(values[la], indicator)}${rank ? `, rank ${rank}` : ""}`;
    return { la, name: INDEX.las[la].name, value: values[la], kind: la === now.la ? "self" : near.includes(la) ? "near" : "", title };
  });
  const [low, high] = [ranked.at(-1), ranked[0]].map((place) => number(values[place], indicator));
  const own = bars.find((bar) => bar.kind === "self");
  const title = `Bar chart of ${ranked.length} authorities from ${high} to ${low}. ${own ? own.title : ""}`;
  $("distribution").replaceChildren(
    distributionChart(
      $("distribution").clientWidth,
      bars,
      england ? england[0] : null,
      (value) => value.toLocaleString("en-GB"),
      title,
      (la) => go({ la }),
    ),
  );
  const entries = [];
  if (own) entries.push(keyEntry({ ...BOX, class: "bar self" }, own.name));
  if (bars.some((bar) => bar.kind === "near")) entries.push(keyEntry({ ...BOX, class: "bar near" }, "statistical neighbour, with ▲ below"));
  entries.push(keyEntry({ ...BOX, class: "bar" }, "another authority"));
  if (england) entries.push(keyEntry({ ...LINE, class: "england" }, "England"));
  $("distribution-key").replaceChildren(...entries);
}

function drawSeries({ indicator, figures }) {
  const { years } = figures;
  const region = now.la === null ? now.region : INDEX.las[now.la].region;
  const first = (pair) => (pair ? pair[0] : null);
  const lines = [{ kind: "england", name: "England", values: figures.england.map(first) }];
  if (region !== null) {
    lines.push({ kind: "region", name: INDEX.regions[region], values: figures.regions.map((of) => first(of[region])) });
  }
  if (now.la !== null) {
    const means = figures.neighbours.map((of) => of[now.la]);
    lines.push({ kind: "near-mean", name: "mean of its neighbours", values: means });
    const own = figures.values.map((of) => (isFigure(of[now.la]) ? of[now.la] : null));
    lines.push({ kind: "own", name: INDEX.las[now.la].name, values: own });
  }
  const drawn = lines.filter((line) => line.values.some(isFigure));
  const breaks = breakYears(indicator);
  const without = now.la === null ? [] : years.filter((_, i) => !isFigure(figures.values[i][now.la]));
  const marked = without.filter((year) => figures.values[years.indexOf(year)][now.la] !== null);
  const title = `Line chart from ${years[0]} to ${years.at(-1)}: ${drawn.map((line) => line.name).join(", ") || "no figures"}. The table below has the same figures.`;
  $("series").replaceChildren(
    seriesChart($("series").clientWidth, years, drawn, breaks, marked, (value) => value.toLocaleString("en-GB"), title),
  );
  const inside = breaks.filter((year) => year > years[0] && year <= years.at(-1));
  const entries = drawn.toReversed().map((line) => keyEntry({ ...LINE, class: line.kind }, line.name));
  if (inside.length) entries.push(keyEntry({ name: "line", class: "break", x1: 13, x2: 13, y1: 0, y2: 14 }, "break in the series"));
  if (marked.length) entries.push(keyEntry({ name: "path", class: "none", d: "M9 3l8 8m0-8l-8 8" }, "year without a figure"));
  $("series-key").replaceChildren(...entries);
  $("series-notes").replaceChildren(...seriesNotes(indicator, figures, inside, without).map((text) => make("li", {}, text)));
}

function breakYears({ break_years: text }) {
  return text ? text.split(" ").map(Number) : [];
}

// What the lines do not say: breaks, years that nobody has, years without a figure of the authority.
function seriesNotes(indicator, { years, values }, inside, without) {
  const notes = [];
  if (inside.length) notes.push(`Not comparable across the start of ${inside.join(", ")}.`);
  if (indicator.breaks) notes.push(indicator.breaks);
  const absent = [];
  for (let year = years[0]; year < years.at(-1); year++) if (!years.includes(year)) absent.push(year);
  if (absent.length) notes.push(`No figures of any authority for ${spans(absent)}.`);
  const why = Map.groupBy(without, (year) => {
    const { short, why } = words(values[years.indexOf(year)][now.la], indicator, now.la, year);
    return short + (why ? ` (${why})` : "");
  });
  for (const [text, those] of why) notes.push(`${INDEX.las[now.la].name}, ${spans(those)}: ${text}.`);
  return notes;
}

// ---- tables

function head(...names) {
  const cells = names.map(([text, kind]) => make("th", { scope: "col", ...(kind && { class: kind }) }, text));
  return make("thead", {}, make("tr", {}, ...cells));
}

const cell = (text, kind = "") => make("td", kind ? { class: kind } : {}, text);

const rankCell = (text) => cell(text, "number rank"); // the column goes where nothing is ranked

function figureCell(value, indicator, place, year) {
  const { short, why } = words(value, indicator, place, year);
  if (isFigure(value)) return cell(short, "number");
  return make("td", { class: "number words", ...(why && { title: why }) }, short);
}

// A row's head: the authority's name, which chooses it.
function nameCell(place) {
  const button = make("button", { type: "button", "data-la": INDEX.las[place].code }, laName(place));
  button.addEventListener("click", () => go({ la: place }));
  if (place === now.la) button.setAttribute("aria-current", "true");
  return make("th", { scope: "row" }, button);
}

// Put new rows into a table; the button that had the focus, or its like, keeps it.
function fill(id, caption, ...parts) {
  const held = document.activeElement;
  const code = $(id).contains(held) ? held.dataset.la : undefined;
  $(id).replaceChildren(make("caption", {}, caption), ...parts);
  if (code) $(id).querySelector(`[data-la="${CSS.escape(code)}"]`)?.focus({ preventScroll: true });
}

function renderSeriesTable({ indicator, figures }) {
  const la = now.la;
  const region = la === null ? now.region : INDEX.las[la].region;
  const heads = [["Year"], ["England", "number"]];
  if (region !== null) heads.push([INDEX.regions[region], "number"]);
  if (la !== null) {
    heads.splice(1, 0, [INDEX.las[la].name, "number"]);
    heads.push(["Neighbours’ mean", "number"], ["Rank", "number rank"], ["Edition"], ["Out by"], ["File, and how"]);
  }
  const rows = figures.years.map((year, y) => {
    const cells = [make("th", { scope: "row" }, `${year}`)];
    if (la !== null) cells.push(figureCell(figures.values[y][la], indicator, la, year));
    cells.push(cell(benchmarkWords(figures.england[y], indicator), "number"));
    if (region !== null) cells.push(cell(benchmarkWords(figures.regions[y][region], indicator), "number"));
    if (la !== null) {
      const mean = figures.neighbours[y][la];
      const source = sourceOf(figures, y, la);
      cells.push(cell(mean === null ? "" : number(mean, indicator), "number"));
      cells.push(rankCell(rankWords(figures.ranks?.[y], la)));
      cells.push(cell(source?.edition ?? ""), cell(source?.knownOn ?? "", "day"));
      cells.push(cell(source ? [source.file, ...source.notes].filter(Boolean).join("; ") : "", "file"));
    }
    return make("tr", year === now.year ? { class: "self" } : {}, ...cells);
  });
  const of = la === null ? "England" : laName(la);
  fill("series-table", `${indicator.label}: ${of}, year by year`, head(...heads), make("tbody", {}, ...rows.reverse()));
}

function renderNeighbours({ indicator, figures, y, values, ranks, england, near }) {
  const note =
    now.la === null
      ? "Choose an authority to see those most like it."
      : near.length
        ? `Nearest first, by the list of ${INDEX.neighbour_list}.`
        : `The list of ${INDEX.neighbour_list} gives it none.`;
  $("neighbours-note").textContent = note;
  $("neighbours-table").parentNode.hidden = !near.length;
  if (!near.length) return $("neighbours-table").replaceChildren();
  const row = (place) =>
    make(
      "tr",
      place === now.la ? { class: "self" } : {},
      nameCell(place),
      figureCell(values[place], indicator, place, now.year),
      rankCell(rankWords(ranks, place)),
    );
  const mean = figures.neighbours[y][now.la];
  const others = [
    ["Mean of the neighbours", mean === null ? "" : number(mean, indicator)],
    ["England", benchmarkWords(england, indicator)],
  ].map(([name, text]) => make("tr", {}, make("th", { scope: "row" }, name), cell(text, "number"), rankCell("")));
  fill(
    "neighbours-table",
    `${indicator.label}, ${now.year}`,
    head(["Authority"], ["Figure", "number"], ["Rank", "number rank"]),
    make("tbody", {}, row(now.la), ...near.map(row), ...others),
  );
}

function renderTable({ indicator, figures, y, values, ranked, without, ranks }) {
  const rows = [...ranked, ...without].map((place) => {
    const source = sourceOf(figures, y, place);
    return make(
      "tr",
      place === now.la ? { class: "self" } : {},
      rankCell(rankWords(ranks, place).split(" ")[0]),
      nameCell(place),
      figureCell(values[place], indicator, place, now.year),
      cell(INDEX.regions[INDEX.las[place].region]),
      cell(source.edition + (source.joint ? `, joint return ${source.joint}` : "")),
    );
  });
  fill(
    "authorities-table",
    `${ranked.length} authorities with a figure${without.length ? `, then ${without.length} without` : ""}`,
    head(["Rank", "number rank"], ["Authority"], ["Figure", "number"], ["Region"], ["Edition"]),
    make("tbody", {}, ...rows),
  );
}

function renderDefinition({ indicator, figures, y, ranked, without }) {
  const places = now.la === null ? [...ranked, ...without] : [now.la];
  const sources = new Set(
    places.map((place) => sourceOf(figures, y, place)).filter(Boolean)
      .map(({ edition, knownOn, file, notes }) => [`edition ${edition}`, `out by ${knownOn}`, file, ...notes].filter(Boolean).join(", ")),
  );
  const studies = [
    indicator.la_valle !== null && `La Valle and others 2016, no. ${indicator.la_valle}`,
    indicator.ofsted_45 !== null && `Ofsted 45, no. ${indicator.ofsted_45}`,
  ].filter(Boolean);
  const explain = `la-mart explain --la ${now.la === null ? "355" : INDEX.las[now.la].code} --year ${now.year} --indicator ${indicator.code}`;
  const entries = [
    ["Unit", indicator.unit],
    ["Polarity", INDEX.polarities[indicator.polarity]],
    ["Theme", `${indicator.theme}; ${indicator.kind}`],
    ["Source returns", indicator.returns],
    ["Years", `${indicator.first} to ${indicator.last}, years ending 31 March`],
    ["Breaks in the series", indicator.breaks ?? "none noted"],
    ["In the Local Authority Interactive Tool", indicator.lait],
    ["In studies", studies.join("; ")],
    [`Source of ${now.la === null ? "the figures" : "the figure"} of ${now.year}`, [...sources].map((text) => make("div", {}, text))],
    ["Code in the mart", [make("code", {}, indicator.code)]],
    ["To the cells of the files", [make("code", {}, explain)]],
  ];
  $("definition").replaceChildren(
    ...entries
      .filter(([, value]) => value && value.length)
      .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, ...[value].flat())]),
  );
}

// ---- download

const csvCell = (value) => (/[",\r\n]/.test(`${value ?? ""}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value ?? ""}`);

// The authorities of the region shown in some years; figures as the mart has them, unrounded.
function csv(years) {
  const { figures, indicator } = chosen();
  const names = [
    "indicator_code", "label", "unit", "year", "la_code", "la_name", "region_name", "value", "status", "rank",
    "edition", "known_on", "source_file", "is_derived", "is_carried", "joint_code",
  ];
  const rows = years.flatMap((year) => {
    const y = figures.years.indexOf(year);
    return INDEX.las.flatMap((la, place) => {
      const value = figures.values[y][place];
      if (value === null || (now.region !== null && la.region !== now.region)) return [];
      const { edition, knownOn, file, isDerived, isCarried, joint } = sourceOf(figures, y, place);
      const status = isFigure(value) ? "published" : INDEX.statuses[value].code;
      return [[
        indicator.code, indicator.label, indicator.unit, year, la.code, la.name, INDEX.regions[la.region],
        isFigure(value) ? value : "", status, figures.ranks?.[y][place],
        edition, knownOn, file, Boolean(isDerived), Boolean(isCarried), joint,
      ]];
    });
  });
  return BOM + [names, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function download(years) {
  const address = URL.createObjectURL(new Blob([csv(years)], { type: "text/csv;charset=utf-8" }));
  const parts = [INDEX.is_synthetic && "SYNTHETIC", now.indicator, years.length === 1 ? years[0] : "all_years"];
  make("a", { href: address, download: `${parts.filter(Boolean).join("_")}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

listen();
show();

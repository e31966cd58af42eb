// Goes through the page of la-mart explore as a person would, and leaves what it saw in #seen as JSON.
// The test puts it into a copy of the page and looks at `seen` there.
"use strict";

const seen = {};
const text = (id) => document.getElementById(id).textContent;
const rows = (id) => document.querySelectorAll(`#${id} tbody tr`).length;

// The browser's clock jumps while nothing loads: reading a file gives the page the time it really needs.
function pause() {
  return new Promise((done) => {
    const script = document.createElement("script");
    script.src = "tick.js";
    script.onload = () => setTimeout(done, 5);
    document.head.append(script);
  });
}

async function until(what, condition) {
  for (let i = 0; i < 250; i++) {
    if (condition()) return;
    await pause();
  }
  throw new Error(`waited in vain for: ${what}`);
}

async function pick(id, value, until_says) {
  const select = document.getElementById(id);
  select.focus();
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await until(`${id} ${value}`, () => decodeURIComponent(location.hash).includes(until_says));
  await pause();
}

const state = () => ({
  hash: location.hash,
  title: document.title,
  label: text("label"),
  summary: text("summary"),
  bars: document.querySelectorAll("#distribution .bar").length,
  own: document.querySelectorAll("#distribution .bar.self").length,
  near: document.querySelectorAll("#distribution .bar.near").length,
  rows: rows("authorities-table"),
  years: rows("series-table"),
  neighbours: rows("neighbours-table"),
  notes: text("series-notes"),
  missing: text("missing"),
  definition: text("definition"),
  problem: document.getElementById("problem").hidden ? "" : text("problem"),
  focus: document.activeElement.id || document.activeElement.dataset?.la,
});

function downloaded(id) {
  const RealBlob = Blob;
  let text = "";
  window.Blob = class extends RealBlob {
    constructor(parts, options) {
      super(parts, options);
      text = parts.join("");
    }
  };
  let name = "";
  // A real download would go to the disk.
  HTMLAnchorElement.prototype.click = function () {
    name = this.download;
  };
  document.getElementById(id).click();
  delete HTMLAnchorElement.prototype.click;
  window.Blob = RealBlob;
  return { name, text };
}

async function clicks({ indicator, year, la, suppressed }) {
  await until("the first picture", () => !document.getElementById("main").hidden);
  seen.initial = state();
  await pick("choose-la", la, `la=${la}`);
  seen.la = state();
  await pick("choose-indicator", indicator, `indicator=${indicator}`);
  await until("its figures", () => text("label") !== seen.initial.label);
  seen.indicator = state();
  await pick("choose-year", year, `year=${year}`);
  seen.year = state();
  seen.csv_year = downloaded("download-year");
  await pick("choose-region", INDEX.regions.indexOf("North West"), "region=North+West");
  seen.region = state();
  seen.csv_all = downloaded("download-all");
  await pick("choose-region", "", "la=");

  // A name in the table is a button; it keeps the focus when the table is drawn again.
  const button = document.querySelector("#authorities-table button:not([aria-current])");
  button.focus();
  button.click();
  await until("another authority", () => location.hash.includes(`la=${button.dataset.la}`) && text("summary") !== seen.year.summary);
  seen.button = { ...state(), la: button.dataset.la };
  document.querySelector("#distribution .bar.near").dispatchEvent(new MouseEvent("click"));
  await until("a neighbour", () => !location.hash.includes(`la=${button.dataset.la}`));
  seen.bar = state();
  history.back();
  await until("the one before", () => location.hash.includes(`la=${button.dataset.la}`));
  seen.back = state();

  const find = document.getElementById("find");
  find.focus();
  find.value = "MISSING in the year";
  find.dispatchEvent(new Event("input", { bubbles: true }));
  seen.found = { said: text("found"), options: [...document.querySelectorAll("#choose-indicator option")].map((o) => o.value) };
  document.getElementById("choices").requestSubmit(); // as Enter does
  await until("the first found", () => text("label") !== seen.back.label);
  seen.submitted = state();

  location.hash = suppressed;
  await until("the suppressed figure", () => text("summary").startsWith("Suppressed"));
  seen.suppressed = { ...state(), cell: document.querySelector("#series-table tr.self td").textContent };
  location.hash = "#indicator=weather&la=999";
  await until("a word about it", () => !document.getElementById("problem").hidden);
  seen.unknown = state();

  const reached = "a[href], button, input, select, summary, [tabindex]";
  seen.keyboard = [...document.querySelectorAll(reached)].filter((node) => node.tabIndex < 0).map((node) => node.id);
  seen.scrolls = [...document.querySelectorAll(".scroll")].every((node) => node.tabIndex === 0 && node.ariaLabel);
  seen.animated = document.getAnimations().length;
}

async function look() {
  await until("the page", () => !document.getElementById("main").hidden);
  seen.width = document.scrollingElement.scrollWidth;
  seen.inner = innerWidth;
  seen.heading = text("label");
  seen.elements = document.querySelectorAll("*").length;
  seen.injected = document.querySelectorAll("main b.bad, main img").length + (window.hacked ? 1 : 0);
  seen.table = text("authorities-table");
  seen.option = document.querySelector("#choose-la").textContent;
  document.querySelectorAll("details").forEach((node) => (node.open = true));
  const { violations } = await axe.run(document);
  seen.violations = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

(TASK ? clicks(TASK) : look())
  .catch((error) => (seen.error = String(error)))
  .finally(() => {
    const asking = document.querySelectorAll("script, link, img, iframe, object, a[href]");
    seen.asked = [...new Set([...asking].map((node) => node.src || node.href || node.data))];
    const out = document.createElement("pre");
    out.id = "seen";
    out.textContent = encodeURIComponent(JSON.stringify(seen));
    document.body.append(out);
    parent.postMessage(out.textContent, "*");
  });

// Searches the documentation as a reader would, and leaves what it found, and what the page had loaded, as JSON.
// The test puts it, after TASK, into a copy of a page.
"use strict";

const found = {};

async function search(words) {
  const query = document.querySelector("[data-md-component=search-query]");
  const results = () => [...document.querySelectorAll(".md-search-result__item a")];
  query.focus();
  query.value = words;
  for (const name of ["focus", "keydown", "input", "keyup", "change"]) query.dispatchEvent(new Event(name, { bubbles: true }));
  for (let i = 0; i < 200; i++) {
    await new Promise((done) => setTimeout(done, 50));
    const meta = document.querySelector(".md-search-result__meta").textContent;
    if (results().length && /\d|result/.test(meta)) break;
  }
  await new Promise((done) => setTimeout(done, 500));
  found[words] = results().slice(0, 10).map((a) => a.getAttribute("href"));
}

window.addEventListener("load", async () => {
  for (const words of TASK) await search(words);
  found.loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  found.width = document.documentElement.scrollWidth;
  parent.postMessage(encodeURIComponent(JSON.stringify(found)), "*");
});

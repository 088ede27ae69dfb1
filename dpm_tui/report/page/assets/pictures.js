"use strict";
// What lies in the page: the groups, and pictures that are unpacked when they are shown.

const read = (block) => JSON.parse(block.textContent);
const report = read(document.querySelector("script.report"));
const groups = [];
for (const block of document.querySelectorAll("script.groups")) {
  for (const group of read(block)) groups.push(group);
  block.remove();
}

// The lists that a group and a file are in the page.
const asGroup = ([place, section, freed, beside, weakest, heading, files]) =>
  ({ place, section, freed, beside, weakest, heading, files });
const asFile = ([path, own, picture, width, height, size, facts, state, why, kind, alike, sentences, grid, over, other]) =>
  ({ path, own, picture, width, height, size, facts, state, why, kind, alike, sentences, grid, over, other });

const say = (word, values) => report.words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);

const unpacked = new Map();
const MOST_UNPACKED = 200;

// Return the address of a picture by its place; empty where it is not in the page, or not read yet.
function pictureAddress(place) {
  if (place < 0) return "";
  const number = Math.floor(place / report.size);
  if (!unpacked.has(number)) {
    const block = document.getElementsByClassName("pictures")[number];
    // A block that the browser is still reading is not whole.
    if (!block || (document.readyState === "loading" && !block.nextElementSibling)) return "";
    if (unpacked.size >= MOST_UNPACKED) unpacked.delete(unpacked.keys().next().value);
    unpacked.set(number, read(block));
  }
  const data = unpacked.get(number)[place % report.size];
  return data ? "data:image/jpeg;base64," + data : "";
}

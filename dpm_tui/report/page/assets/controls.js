// What a person can do: choose, turn pages, go from group to group by keys.

const form = document.querySelector("form.controls");
const list = document.getElementById("groups");
const pagers = document.querySelectorAll(".pager");
const THEMES = ["auto", "light", "dark"];
let theme = 0;

function show() {
  const shown = pageOfGroups();
  const made = [];
  let section = -1;
  for (const group of shown) {
    if (selection.order === "kind" && group[1] !== section) {
      section = group[1];
      made.push(element("h2", {}, report.sections[section]));
    }
    made.push(groupView(group));
  }
  if (!shown.length) made.push(element("p", { class: "empty" }, say("nothing_shown")));
  list.replaceChildren(...made);
  const first = selection.page * selection.size;
  const total = selection.groups.length.toLocaleString(document.documentElement.lang);
  const values = { first: first + 1, last: first + shown.length, total };
  const status = shown.length ? say("shown", values) : "";
  for (const pager of pagers) {
    pager.hidden = false;
    pager.querySelector("p").textContent = status;
    pager.querySelector("[name=before]").disabled = selection.page === 0;
    pager.querySelector("[name=after]").disabled = selection.page >= pageCount() - 1;
  }
}

function turnTo(page) {
  if (page < 0 || page >= pageCount() || page === selection.page) return false;
  selection.page = page;
  show();
  document.getElementById("list").scrollIntoView();
  return true;
}

function choose() {
  const { text, section, order, size, freeing } = form.elements;
  select({
    text: text.value, section: section.value, order: order.value, size: Number(size.value), freeing: freeing.checked,
  });
  show();
}

function nameTheme() {
  const name = THEMES[theme];
  document.documentElement.toggleAttribute("data-theme", false);
  if (name !== "auto") document.documentElement.setAttribute("data-theme", name);
  form.elements.theme.textContent = say(`theme_${name}`);
}

function toggleDifferences() {
  const on = list.toggleAttribute("data-differences");
  form.elements.differences.setAttribute("aria-pressed", String(on));
}

// Go to the group before or after the one that holds the focus, on the next page where one ends.
function stepGroup(step) {
  const articles = [...list.querySelectorAll("article")];
  const here = document.activeElement.closest("article");
  let next = articles[articles.indexOf(here) + step];
  if (!here) next = articles[0];
  if (!next && turnTo(selection.page + step)) {
    const fresh = list.querySelectorAll("article");
    next = fresh[step > 0 ? 0 : fresh.length - 1];
  }
  next?.focus();
  next?.scrollIntoView({ block: "start" });
}

function stepFile(step) {
  const here = document.activeElement.closest("article") ?? list.querySelector("article");
  if (!here) return;
  const buttons = [...here.querySelectorAll("button.picture")];
  const place = buttons.indexOf(document.activeElement) + step;
  buttons[Math.min(Math.max(place, 0), buttons.length - 1)]?.focus();
}

const KEYS = {
  "/": () => form.elements.text.focus(),
  ".": toggleDifferences,
  l: () => stepGroup(1),
  h: () => stepGroup(-1),
  j: () => stepFile(1),
  k: () => stepFile(-1),
  n: () => turnTo(selection.page + 1),
  p: () => turnTo(selection.page - 1),
  "}": () => turnTo(pageOfKind(1)),
  "{": () => turnTo(pageOfKind(-1)),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select");
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", choose);
let typed = 0;
form.elements.text.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(choose, 150);
});
form.elements.differences.addEventListener("click", toggleDifferences);
form.elements.theme.addEventListener("click", () => {
  theme = (theme + 1) % THEMES.length;
  nameTheme();
});
for (const pager of pagers) {
  pager.querySelector("[name=before]").addEventListener("click", () => turnTo(selection.page - 1));
  pager.querySelector("[name=after]").addEventListener("click", () => turnTo(selection.page + 1));
}
// The pictures come behind this script: what is shown so far is drawn again once all of them are there.
document.addEventListener("DOMContentLoaded", show);
form.hidden = false;
nameTheme();
choose();

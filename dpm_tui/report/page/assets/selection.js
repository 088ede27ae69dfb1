// Which groups are shown, in which order, and which page of them.

const descending = (value) => (one, other) => value(other) - value(one);
const ORDERS = {
  kind: (one, other) => one[0] - other[0],
  freed: descending((group) => group[2]),
  beside: descending((group) => group[3]),
  weakest: (one, other) => one[4] - other[4],
  files: descending((group) => group[6].length),
  path: (one, other) => (pathOf(one) < pathOf(other) ? -1 : 1),
};
const pathOf = (group) => group[6][0][0];

const selection = { text: "", section: "", order: "kind", freeing: false, size: 50, page: 0, groups };
const texts = [];

function textOf(group) {
  texts[group[0]] ??= group[6].map((file) => file[0]).join("\n").toLowerCase();
  return texts[group[0]];
}

// Take over what a person has chosen and go to the first page.
function select(chosen) {
  Object.assign(selection, chosen, { page: 0 });
  const words = selection.text.toLowerCase().split(/\s+/).filter(Boolean);
  selection.groups = groups.filter(
    (group) =>
      (selection.section === "" || group[1] === Number(selection.section)) &&
      (!selection.freeing || group[2] > 0) &&
      words.every((word) => textOf(group).includes(word)),
  );
  if (selection.order !== "kind") selection.groups.sort(ORDERS[selection.order]);
}

const pageCount = () => Math.max(1, Math.ceil(selection.groups.length / selection.size));

function pageOfGroups() {
  const first = selection.page * selection.size;
  return selection.groups.slice(first, first + selection.size);
}

// Return the page on which the next kind begins, or the one before; -1 where there is none.
function pageOfKind(step) {
  const here = pageOfGroups()[0];
  if (!here || selection.order !== "kind") return -1;
  const wanted = [...new Set(selection.groups.map((group) => group[1]))];
  const section = wanted[wanted.indexOf(here[1]) + step];
  const place = selection.groups.findIndex((group) => group[1] === section);
  return place < 0 ? -1 : Math.floor(place / selection.size);
}

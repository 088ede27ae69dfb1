// Groups as elements. Names become texts and attributes only, never markup.

const STATES = ["kept", "goes", "stays"];
const SIGNS = { "+": "better", "-": "worse", "=": "alike", "!": "differs" };
const GRID = 8;
const NOTICED = 64;
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawing(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function groupView(group) {
  const { place, heading, files } = asGroup(group);
  const made = files.map(asFile);
  const title = element("h3", {}, `${place} `, element("small", {}, heading));
  const list = element("div", { class: "files" }, ...made.map((file) => fileView(file, made)));
  return element("article", { "aria-label": `${place} ${heading}`, tabindex: "-1" }, title, list);
}

function fileView(file, files) {
  const own = file.own || file.path.split("/").map(encodeURIComponent).join("/");
  // Files of other folders that were compared have whole paths.
  const root = file.path.startsWith("/") ? "file://" : report.root;
  const state = element("p", { class: "state" }, element("b", {}, say(STATES[file.state])));
  if (file.kind) state.append(`${file.kind} ${file.alike}`);
  const caption = element(
    "figcaption", {}, state,
    element("a", { href: root + own }, file.path),
    element("p", { class: "facts" }, file.facts),
  );
  if (file.why) caption.append(element("p", { class: "facts" }, file.why));
  if (file.sentences?.length) caption.append(reasonList(file.sentences));
  return element("figure", { class: STATES[file.state] }, pictureView(file, files[file.other]), caption);
}

function reasonList(numbers) {
  return element("ul", { class: "reasons" }, ...numbers.map((number) => {
    const [sign, text] = report.sentences[number];
    const heard = element("span", { class: "unseen" }, `${say(SIGNS[sign])} `);
    const seen = element("span", { "aria-hidden": "true" }, sign === "-" ? "−" : sign);
    return element("li", { class: SIGNS[sign] }, seen, heard, text);
  }));
}

// Return a picture; where there is another one to compare it with, a button that flips between both.
function pictureView(file, other) {
  const address = pictureAddress(file.picture);
  const against = other && address ? pictureAddress(other.picture) : "";
  if (!against) {
    const plain = element("div", { class: "picture" });
    if (address) plain.append(sheet(file, address, file.over & 1 ? file.grid : ""));
    else plain.append(element("span", { class: "facts" }, say("no_picture")));
    return plain;
  }
  const label = say("flip", { path: file.path, other: other.path });
  const button = element("button", { class: "picture", type: "button", "aria-label": label, "aria-pressed": "false" });
  const flag = element("span", { class: "flag" }, say("flipped", { other: other.path }));
  const own = sheet(file, address, file.over & 1 ? file.grid : "");
  let turned = null;
  let pinned = false;
  const flip = (flipped) => {
    turned ??= sheet(other, against, file.over & 2 ? file.grid : "");
    button.toggleAttribute("data-flipped", flipped);
    button.replaceChildren(...(flipped ? [turned, flag] : [own]));
  };
  button.append(own);
  button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && flip(true));
  button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && flip(pinned));
  button.addEventListener("click", () => {
    pinned = !pinned;
    button.setAttribute("aria-pressed", String(pinned));
    flip(pinned);
  });
  return button;
}

// Return a picture with what differs over it: a picture of SVG scales both alike.
function sheet(file, address, grid) {
  const { width, height } = file;
  const made = drawing("svg", { class: "sheet", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": file.path });
  made.append(drawing("image", { href: address, width, height, preserveAspectRatio: "none" }));
  if (!grid) return made;
  const levels = Array.from(atob(grid), (sign) => sign.charCodeAt(0));
  const level = Math.max(NOTICED, Math.max(...levels) / 2);
  made.setAttribute("data-map", "");
  levels.forEach((value, place) => {
    if (value < level) return;
    const [x, y] = [place % GRID, Math.floor(place / GRID)];
    made.append(drawing("rect", {
      x: (x * width) / GRID, y: (y * height) / GRID, width: width / GRID, height: height / GRID,
      "fill-opacity": (0.2 + (0.45 * value) / 255).toFixed(2),
    }));
  });
  return made;
}

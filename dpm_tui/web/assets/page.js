"use strict";
// What the terminal of the page cannot do by itself: pictures over its letters, as kitty's graphics say.

(() => {
  const SEQUENCES = /\x1b\[(\d+);(\d+)H|\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\|\x1b\[5n/g;
  const pictures = new Map(); // number -> address of the picture
  const places = new Map(); // pane -> { number, column, row, columns, rows, image }
  let arriving = null; // the picture of which more is to come
  let corner = [0, 0];
  let cells = [0, 0]; // columns and rows of the terminal

  const screen = () => document.querySelector(".xterm-screen");

  function lay({ image, column, row, columns, rows }) {
    const area = screen();
    const [width, height] = [area.clientWidth / cells[0], area.clientHeight / cells[1]];
    image.style.left = `${column * width}px`;
    image.style.top = `${row * height}px`;
    image.style.width = `${columns * width}px`;
    image.style.height = `${rows * height}px`;
  }

  function place(number, pane, columns, rows) {
    const before = places.get(pane);
    const image = before?.number === number ? before.image : new Image();
    image.className = "picture";
    image.alt = "";
    image.src = pictures.get(number) ?? "";
    const placed = { number, column: corner[0], row: corner[1], columns, rows, image };
    places.set(pane, placed);
    lay(placed);
    screen().append(image);
    if (before && before.image !== image) before.image.remove();
  }

  function takeAway(number, pane) {
    for (const [key, placed] of places) {
      if (placed.number === number && (pane === undefined || key === pane)) {
        placed.image.remove();
        places.delete(key);
      }
    }
  }

  function receive(keys, letters) {
    arriving = arriving ? { ...arriving, letters: arriving.letters + letters } : { number: keys.i, letters };
    if (keys.m === "1") return;
    pictures.set(arriving.number, `data:image/png;base64,${arriving.letters}`);
    arriving = null;
  }

  function obey(keys, letters) {
    if (arriving || keys.a === "t") receive(keys, letters);
    else if (keys.a === "p") place(keys.i, keys.p, Number(keys.c), Number(keys.r));
    else if (keys.a === "d") {
      takeAway(keys.i, keys.p);
      if (keys.d === "I") pictures.delete(keys.i);
    }
  }

  function draw(sequences, answer) {
    for (const [whole, row, column, keys, letters] of sequences.matchAll(SEQUENCES)) {
      if (row) corner = [Number(column) - 1, Number(row) - 1];
      else if (keys === undefined) answer();
      else obey(Object.fromEntries(keys.split(",").map((pair) => pair.split("="))), letters ?? "");
    }
  }

  // The terminal opens its connection by itself: this is where pictures are taken out of it.
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(address) {
      // Beside the page, under whatever name it was opened.
      const url = new URL("ws", window.location.href);
      url.protocol = url.protocol.replace("http", "ws");
      url.search = new URL(address).search;
      cells = [Number(url.searchParams.get("width")), Number(url.searchParams.get("height"))];
      const ratio = window.devicePixelRatio || 1;
      url.searchParams.set("cell_width", Math.round((screen().clientWidth / cells[0]) * ratio));
      url.searchParams.set("cell_height", Math.round((screen().clientHeight / cells[1]) * ratio));
      super(url);
      super.addEventListener("message", (event) => {
        if (typeof event.data !== "string") return;
        const [type, sequences] = JSON.parse(event.data);
        if (type === "pictures") draw(sequences, () => super.send('["well"]'));
      });
    }

    send(data) {
      if (typeof data === "string" && data.startsWith('["resize"')) {
        const size = JSON.parse(data)[1];
        cells = [size.width, size.height];
        places.forEach(lay);
      }
      // The terminal goes on telling of its focus when the app has ended.
      if (this.readyState === Plain.OPEN) super.send(data);
    }
  };

  document.querySelector(".ended button").addEventListener("click", () => window.location.reload());
  const takeKeys = () => document.querySelector(".xterm-helper-textarea")?.focus();
  window.addEventListener("focus", takeKeys);
  new MutationObserver(() => {
    if (document.body.classList.contains("-closed")) document.querySelector(".ended button").focus();
    else takeKeys();
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });

  // The terminal measures its letters once: they have to be those of the font that is to come.
  window.addEventListener("load", async () => {
    const fonts = ["", "bold ", "italic "].map((style) => document.fonts.load(`${style}16px "Roboto Mono"`));
    await Promise.allSettled(fonts);
    const terminal = document.createElement("script");
    terminal.src = "static/js/textual.js";
    terminal.addEventListener("load", () => window.onload());
    document.head.append(terminal);
  });
})();

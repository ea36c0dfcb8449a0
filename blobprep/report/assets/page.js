"use strict";
// What a page can do beyond being read: it sorts, filters, chooses, compares and enlarges. Texts of data reach the
// page as text only; nothing here makes markup, styles or links of them, and nothing asks a network for anything.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const data = JSON.parse(document.getElementById("data").textContent || "{}");
  const SVG = "http" + "://www.w3.org/2000/svg"; // a name, which is never fetched
  const collator = new Intl.Collator(undefined, { numeric: true });
  const rounded = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });

  const fill = (made, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  };
  const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const draw = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  const told = (title) => draw("title", {}, title);

  // Light and dark

  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const addTheme = () => {
    const button = make("button", { type: "button", class: "theme" });
    const say = () => { button.textContent = isDark() ? "Light" : "Dark"; button.setAttribute("aria-label", isDark() ? "Light colors" : "Dark colors"); };
    try { root.dataset.theme = localStorage.getItem("blobprep-theme") || ""; } catch { /* a page from disk may have no storage */ }
    if (!root.dataset.theme) delete root.dataset.theme;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try { localStorage.setItem("blobprep-theme", root.dataset.theme); } catch { /* then it is not remembered */ }
      say();
    });
    say();
    document.querySelector("nav.contents").append(button);
  };

  // Rows: sorted and filtered

  const valueOf = (cell, isNumber) => {
    if (!cell || cell.classList.contains("na") && !cell.classList.contains("blank")) return null;
    if (cell.classList.contains("blank")) return "";
    const long = cell.querySelector("details > div");
    const whole = cell.title || (cell.querySelector("[title]:not(.none)") || {}).title;
    const text = whole || (long || cell).textContent.trim();
    if (!isNumber) return text;
    const value = Number(text.replace("≈ ", "").replace(/ ±.*/, "").replaceAll(",", "").replace("−", "-"));
    return Number.isNaN(value) ? null : value;
  };

  const addSorting = (table) => {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    const sort = (head, place, direction) => {
      for (const other of heads) other.removeAttribute("aria-sort");
      for (const button of table.querySelectorAll("button.sort")) button.textContent = "↕";
      if (!direction) return body.append(...original);
      head.setAttribute("aria-sort", direction);
      head.querySelector("button.sort").textContent = direction === "ascending" ? "↑" : "↓";
      const sign = direction === "ascending" ? 1 : -1;
      const isNumber = head.classList.contains("n") || place === 0;
      const keyed = original.filter((row) => !row.classList.contains("gap")).map((row) => [valueOf(row.cells[place], isNumber), row]);
      keyed.sort(([one], [other]) => {
        if (one === null || other === null) return (one === null) - (other === null); // missing values are last
        return sign * (isNumber ? one - other : collator.compare(one, other));
      });
      for (const row of original) if (row.classList.contains("gap")) row.remove();
      return body.append(...keyed.map(([, row]) => row));
    };
    heads.forEach((head, place) => {
      const name = (head.querySelector("bdi") || head).textContent;
      const button = make("button", { type: "button", class: "sort", "aria-label": `Sort by ${name}` }, "↕");
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        sort(head, place, now === null ? "ascending" : now === "ascending" ? "descending" : null);
      });
      if (table.classList.contains("rows")) head.prepend(button); else head.append(button);
    });
  };

  const addFilter = (section, table) => {
    const rows = table ? [...table.tBodies[0].rows].filter((row) => !row.classList.contains("gap")) : [];
    if (rows.length < 2) return;
    const input = make("input", { type: "search", class: "filter", placeholder: "Filter the rows shown", "aria-label": "Filter the rows shown" });
    const matches = make("output", { class: "matches note" });
    let texts = null;
    input.addEventListener("input", () => {
      texts = texts || rows.map((row) => row.textContent.toLowerCase());
      const sought = input.value.trim().toLowerCase();
      let found = 0;
      rows.forEach((row, place) => {
        row.hidden = !texts[place].includes(sought);
        found += !row.hidden;
      });
      for (const gap of table.querySelectorAll("tr.gap")) gap.hidden = sought !== "";
      matches.textContent = sought ? `${found.toLocaleString("en")} of ${rows.length.toLocaleString("en")} match` : "";
    });
    section.querySelector(".tools").append(make("div", { class: "find" }, matches, input));
  };

  // The chosen column

  const addChoosing = (section, port) => {
    const side = section.querySelector("aside.side");
    const panes = [...side.querySelectorAll("details.pane")];
    if (!panes.length) return;
    const bodies = panes.map((pane) => pane.querySelector(".body"));
    const names = bodies.map((body) => body.querySelector("h3 bdi").textContent);
    const picker = make("select", { class: "column", "aria-label": "Column" }, ...names.map((name, place) => make("option", { value: place }, name)));
    const step = (by, sign, label) => {
      const button = make("button", { type: "button", "aria-label": label }, sign);
      button.addEventListener("click", () => choose((Number(picker.value) + by + panes.length) % panes.length));
      return button;
    };
    const chosen = make("div", { class: "chosen" });
    side.append(make("div", { class: "picker" }, picker, step(-1, "‹", "Previous column"), step(1, "›", "Next column")), chosen);
    const comparison = addComparing(chosen, port);
    const marked = () => section.querySelectorAll(".rows .is-chosen");
    let held = -1;
    const choose = (place) => {
      if (held === place) return;
      if (held >= 0) panes[held].append(bodies[held]);
      held = place;
      picker.value = place;
      chosen.prepend(bodies[place]);
      for (const cell of marked()) cell.classList.remove("is-chosen");
      const column = Number(bodies[place].dataset.column) + 1;
      for (const row of section.querySelectorAll(".rows tr:not(.gap)")) if (row.cells[column]) row.cells[column].classList.add("is-chosen");
      comparison(column - 1);
    };
    picker.addEventListener("change", () => choose(Number(picker.value)));
    section.addEventListener("click", (event) => {
      const link = event.target.closest(`a[href^="#${port}-c"]`);
      if (!link) return;
      event.preventDefault();
      choose(bodies.findIndex((body) => `#${body.id}` === link.getAttribute("href")));
      side.scrollIntoView({ block: "nearest" });
    });
    const sought = () => bodies.findIndex((body) => `#${body.id}` === location.hash);
    addEventListener("hashchange", () => { if (sought() >= 0) choose(sought()); });
    choose(Math.max(sought(), 0));
  };

  // Two columns: a scatter plot, boxes, or a table of counts

  const addComparing = (chosen, port) => {
    const { rows = 0, columns = {}, drawn = [] } = data[port] || {};
    const of = new Map(drawn.map((row) => [row.column, row]));
    if (of.size < 2) return () => {};
    const select = make("select", { class: "other" });
    const place = make("div", { class: "comparison" });
    const box = make("div", { class: "compare" }, make("label", {}, "Compare with", select), place);
    chosen.append(box);
    let now = -1;
    const show = () => {
      const one = of.get(now), other = of.get(Number(select.value));
      place.replaceChildren();
      if (!one || !other || select.value === "") return;
      place.append(compare(named(one), named(other)));
      place.append(make("p", { class: "note" }, one.values.length < rows ? `Drawn from ${one.values.length.toLocaleString("en")} rows chosen at random.` : "Drawn from all rows."));
    };
    const named = (row) => ({ ...row, name: columns[row.column][0], kind: columns[row.column][1], isText: row.categories.length > 0 });
    select.addEventListener("change", show);
    return (column) => {
      now = column;
      const before = select.value;
      box.hidden = !of.has(column);
      select.replaceChildren(make("option", { value: "" }, "choose a column"));
      for (const row of drawn) if (row.column !== column) select.append(make("option", { value: row.column }, columns[row.column][0]));
      if (before !== "" && Number(before) !== column) select.value = before;
      show();
    };
  };

  const compare = (one, other) => {
    if (one.isText && other.isText) return crosstab(one, other);
    if (one.isText) return boxes(other, one);
    return other.isText ? boxes(one, other) : scatter(one, other);
  };
  const position = (value, kind, [low, high] = [0, Infinity]) => {
    if (kind === "duration") return `${rounded.format(value).replace("-", "−")} s`;
    const when = new Date(value * 1000);
    if (!["time", "instant", "clock"].includes(kind) || Number.isNaN(when.getTime())) return rounded.format(value).replace("-", "−");
    const text = when.toISOString(); // a year beyond 9999 has more digits
    const day = text.slice(0, -14), time = text.slice(-13, -5);
    if (kind === "clock") return time;
    return high - low >= 5 * 86400 ? day : `${day} ${time}${kind === "instant" ? "Z" : ""}`;
  };
  const narrow = (range, kind) => { // the ends of a short axis
    const told = range.map((value) => position(value, kind, range));
    if (kind !== "time" && kind !== "instant") return told;
    const [[day, time], [last, until]] = told.map((text) => text.split(" "));
    return time && day === last ? [time, until] : [day, last];
  };
  const ends = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const scale = ([low, high], from, to) => (value) => (from + (to - from) * (high > low ? (value - low) / (high - low) : 0.5)).toFixed(1);
  const label = (text, x, y, anchor, more = {}) => draw("text", { x, y, "text-anchor": anchor, ...more }, text);
  const short = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
  const picture = (height, words, ...children) => draw("svg", { class: "chart", viewBox: `0 0 320 ${height}`, role: "img", "aria-label": words }, ...children);

  const scatter = (one, other) => {
    const pairs = one.values.map((value, row) => [value, other.values[row]]).filter(([x, y]) => x !== null && y !== null);
    if (!pairs.length) return make("p", { class: "note" }, "No row has both values.");
    const across = ends(pairs.map(([x]) => x)), up = ends(pairs.map(([, y]) => y));
    const x = scale(across, 10, 310), y = scale(up, 200, 20);
    return picture(226, `Scatter plot of ${one.name} and ${other.name}`,
      draw("line", { class: "grid", x1: 4, x2: 316, y1: 206.5, y2: 206.5 }), draw("line", { class: "grid", x1: 4.5, x2: 4.5, y1: 14, y2: 206 }),
      ...pairs.map(([a, b]) => draw("circle", { class: "point", cx: x(a), cy: y(b), r: 2.2 })),
      label(`↑ ${short(other.name, 24)}: ${position(up[0], other.kind, up)} to ${position(up[1], other.kind, up)}`, 4, 9, "start"),
      label(position(across[0], one.kind, across), 4, 221, "start"), label(position(across[1], one.kind, across), 316, 221, "end"),
      label(`${short(one.name, 24)} →`, 160, 221, "middle"));
  };

  const quantile = (sorted, chance) => {
    const at = (sorted.length - 1) * chance, low = Math.floor(at);
    return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (at - low);
  };
  const boxes = (number, text) => {
    const groups = text.categories.map((name, place) => [name, number.values.filter((value, row) => value !== null && text.values[row] === place).sort((a, b) => a - b)]).filter(([, values]) => values.length);
    const range = ends(groups.flatMap(([, values]) => values));
    if (!groups.length) return make("p", { class: "note" }, "No row has both values.");
    const x = scale(range, 104, 314), [low, high] = narrow(range, number.kind);
    const height = groups.length * 26 + 34;
    const rows = groups.flatMap(([name, values], place) => {
      const y = place * 26 + 16, [first, middle, third] = [0.25, 0.5, 0.75].map((chance) => quantile(values, chance));
      const words = `${name}: ${values.length} rows, median ${position(middle, number.kind, range)}`;
      return [
        label(short(name || "empty", 16), 98, y + 4, "end"),
        draw("line", { class: "whisker", x1: x(values[0]), x2: x(values[values.length - 1]), y1: y, y2: y }),
        draw("rect", { class: "box", x: x(first), y: y - 8, width: Math.max(x(third) - x(first), 1), height: 16 }, told(words)),
        draw("line", { class: "median", x1: x(middle), x2: x(middle), y1: y - 8, y2: y + 8 }),
      ];
    });
    return picture(height, `${number.name} by ${text.name}: ranges, quartiles and medians`, ...rows,
      label(low, 104, height - 8, "start"), label(high, 314, height - 8, "end"),
      label(short(number.name, 20), 209, height - 8, "middle"));
  };

  const crosstab = (one, other) => {
    const counts = one.categories.map(() => other.categories.map(() => 0));
    one.values.forEach((value, row) => { if (value !== null && other.values[row] !== null) counts[value][other.values[row]] += 1; });
    const most = Math.max(1, ...counts.flat());
    const head = (name, scope) => make("th", { scope, title: name }, make("bdi", { dir: "auto" }, name || "empty"));
    const cell = (count) => make("td", { class: `up${Math.ceil((5 * count) / most)}` }, count.toLocaleString("en"));
    return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${one.name} by ${other.name}` }, make("table", { class: "crosstab" },
      make("thead", {}, make("tr", {}, make("td"), ...other.categories.map((name) => head(name, "col")))),
      make("tbody", {}, ...one.categories.map((name, place) => make("tr", {}, head(name, "row"), ...counts[place].map(cell))))));
  };

  // Figures, large

  const addFigures = () => {
    const images = [...document.querySelectorAll(".figures img")];
    if (!images.length || !window.HTMLDialogElement) return;
    const large = make("img"), name = make("span");
    let now = 0;
    const show = (place) => {
      now = (place + images.length) % images.length;
      large.src = images[now].src;
      large.alt = name.textContent = images[now].alt;
    };
    const control = (sign, words, act) => {
      const button = make("button", { type: "button", "aria-label": words }, sign);
      button.addEventListener("click", act);
      return button;
    };
    const dialog = make("dialog", { class: "large", "aria-label": "Figure" });
    const several = images.length > 1 ? [control("‹", "Previous figure", () => show(now - 1)), control("›", "Next figure", () => show(now + 1))] : [];
    dialog.append(make("div", { class: "bar-of-tools" }, name, ...several, control("Close", "Close", () => dialog.close())), large);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") show(now - 1);
      if (event.key === "ArrowRight") show(now + 1);
    });
    document.body.append(dialog);
    images.forEach((image, place) => {
      const button = make("button", { type: "button", class: "zoom", "aria-label": `Enlarge ${image.alt}` });
      image.replaceWith(button);
      button.append(image);
      button.addEventListener("click", () => { show(place); dialog.showModal(); });
    });
  };

  // What is copied from a table has its values in full

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    const table = selection.anchorNode && selection.anchorNode.parentElement && selection.anchorNode.parentElement.closest("table.rows");
    if (!table || selection.isCollapsed) return;
    const lines = [...table.tBodies[0].rows].filter((row) => !row.hidden && !row.classList.contains("gap"))
      .map((row) => [...row.cells].slice(1).filter((cell) => selection.containsNode(cell, true)))
      .filter((cells) => cells.length).map((cells) => cells.map((cell) => valueOf(cell, false) ?? "").join("\t"));
    if (lines.length + (lines[0] || "").split("\t").length < 3) return; // within one cell: as the browser does it
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  });

  const unfold = () => {
    const sought = document.getElementById(location.hash.slice(1));
    if (sought && sought.matches("details.fold")) sought.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
  addTheme();
  for (const section of document.querySelectorAll("section.dataset")) {
    const table = section.querySelector("table.rows");
    addSorting(table);
    addFilter(section, table);
    addChoosing(section, section.dataset.port);
    const all = section.querySelector("table.columns");
    if (all) addSorting(all);
  }
  for (const table of document.querySelectorAll("table.sortable")) addSorting(table);
  for (const section of document.querySelectorAll("section.listed")) addFilter(section, section.querySelector("table.sortable"));
  addFigures();
})();

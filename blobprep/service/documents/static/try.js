// The page to try a service: a form to a request, an answer to tables and figures. It asks this server alone.
"use strict";

const service = JSON.parse(document.getElementById("service").textContent);
const NUMBERS = /^(Double|Single|U?Int(16|32|64)|S?Byte)$/;
const SHOWN = 1000; // rows of a table

/** Return the rows of a CSV text: cells in quotation marks may have commas, line ends and doubled marks. */
function readCsv(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  let wasQuoted = false;
  const endCell = () => {
    row.push(cell === "" && !wasQuoted ? null : cell);
    cell = "";
    wasQuoted = false;
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0] !== null) rows.push(row);
    row = [];
  };
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  for (let place = 0; place < source.length; place += 1) {
    const letter = source[place];
    if (quoted && letter === '"' && source[place + 1] === '"') {
      cell += '"';
      place += 1;
    } else if (letter === '"' && (quoted || cell === "")) {
      quoted = !quoted;
      wasQuoted = true;
    } else if (!quoted && letter === ",") {
      endCell();
    } else if (!quoted && letter === "\n") {
      endRow();
    } else {
      cell += letter;
    }
  }
  if (quoted) throw new Error("a quotation mark is not closed");
  endRow();
  return rows;
}

/** Return the table of an input: of its CSV where there is one, else of its fields. */
function readInput(input, place) {
  const text = document.getElementById(`csv-${place}`).value;
  if (text.trim()) {
    const [names, ...values] = readCsv(text);
    return { ColumnNames: names.map((name) => name ?? ""), Values: values };
  }
  const cells = input.columns.map((_, number) => {
    const value = document.getElementById(`field-${place}-${number}`).value;
    return value === "" ? null : value;
  });
  return { ColumnNames: input.columns, Values: input.columns.length ? [cells] : [] };
}

function readForm() {
  const inputs = {};
  service.inputs.forEach((input, place) => {
    inputs[input.name] = readInput(input, place);
  });
  const parameters = {};
  service.parameters.forEach((name, number) => {
    parameters[name] = document.getElementById(`parameter-${number}`).value;
  });
  return { Inputs: inputs, GlobalParameters: parameters };
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Return a table of an answer for people. */
function showTable(name, table) {
  const id = `table-${name}`;
  const region = element("div", undefined, { class: "wide", role: "region", "aria-labelledby": id, tabindex: "0" });
  const made = element("table");
  const rows = table.Values.length === 1 ? "1 row" : `${table.Values.length} rows`;
  const cut = table.Values.length > SHOWN ? `, the first ${SHOWN} of them here` : "";
  made.append(element("caption", `${name}: ${rows}${cut}`, { id }));
  const head = element("tr");
  table.ColumnNames.forEach((column, number) => {
    const cell = element("th", column, { scope: "col" });
    cell.append(" ", element("span", table.ColumnTypes[number], { class: "hint" }));
    head.append(cell);
  });
  const thead = element("thead");
  thead.append(head);
  const body = element("tbody");
  for (const values of table.Values.slice(0, SHOWN)) {
    const row = element("tr");
    values.forEach((value, number) => {
      if (value === null) row.append(element("td", "missing", { class: "missing" }));
      else row.append(element("td", value, NUMBERS.test(table.ColumnTypes[number]) ? { class: "number" } : {}));
    });
    body.append(row);
  }
  made.append(thead, body);
  region.append(made);
  return region;
}

function showDevice(table) {
  const parts = [];
  const device = JSON.parse(table.Values[0][0]);
  device["Graphics Device"].forEach((figure, number) => {
    const frame = element("figure");
    frame.append(
      element("img", undefined, {
        id: `figure-${number}`,
        src: `data:image/png;base64,${figure}`,
        alt: `Figure ${number + 1} of the script`,
      }),
    );
    parts.push(frame);
  });
  if (device["Standard Output"]) {
    parts.push(element("h2", "Output of the script", { id: "log-title" }));
    parts.push(element("pre", device["Standard Output"], { id: "log", tabindex: "0", "aria-labelledby": "log-title" }));
  }
  return parts;
}

function showError(title, lines) {
  const box = document.getElementById("error");
  box.replaceChildren(element("h2", title), ...lines.map((line) => element("pre", line, { tabindex: "0" })));
  box.hidden = false;
}

async function run(event) {
  event.preventDefault();
  const status = document.getElementById("status");
  const button = document.getElementById("run");
  const results = document.getElementById("results");
  document.getElementById("error").hidden = true;
  results.hidden = true;
  let body;
  try {
    body = JSON.stringify(readForm());
  } catch (error) {
    showError("The rows cannot be read", [error.message]);
    return;
  }
  button.disabled = true;
  status.textContent = "Running…";
  try {
    const response = await fetch(service.execute, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${document.getElementById("key").value.trim()}`,
      },
      body,
    });
    const answer = await response.json();
    if (!response.ok) {
      status.textContent = "";
      const { code, message, details } = answer.error;
      showError(`${response.status} ${code}`, details.length ? details.map((detail) => detail.message) : [message]);
      return;
    }
    results.replaceChildren();
    for (const [name, output] of Object.entries(answer.Results)) {
      if (name === service.device) results.append(...showDevice(output.value));
      else results.append(showTable(name, output.value));
    }
    results.hidden = false;
    status.textContent = "Done.";
  } catch (error) {
    status.textContent = "";
    showError("The server did not answer", [error.message]);
  } finally {
    button.disabled = false;
  }
}

document.getElementById("try-form").addEventListener("submit", run);

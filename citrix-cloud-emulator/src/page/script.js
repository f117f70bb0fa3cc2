"use strict";

const $ = (id) => document.getElementById(id);

/** Colors by what a machine is doing; the first that fits counts. */
const LOOKS = [
  { name: "action pending", color: "--mark", fits: (it) => it.pending },
  { name: "between states", color: "--busy", fits: (it) => /ing/.test(it.power) },
  { name: "registered", color: "--good", fits: (it) => it.registration === "Registered" },
  { name: "off or suspended", color: "--off", fits: (it) => it.power === "Off" || it.power === "Suspended" },
  { name: "on, not registered", color: "--bad", fits: (it) => it.power === "On" },
  { name: "unknown", color: "--strange", fits: () => true },
];

/** Lines of the journal that are kept on the page. */
const LINES = 500;
const PAGE = 5000;

let token = sessionStorage.getItem("token") || "";

/** Asks the control API, with the token where there is one. */
async function ask(path, options = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401) {
    await askForToken();
    return ask(path, options);
  }
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

const asJson = async (path) => (await ask(path)).json();

/** Which site the page shows, as a query; the first one where nothing was chosen. */
let site = sessionStorage.getItem("site") || "";
const ofSite = (path) => (site ? `${path}${path.includes("?") ? "&" : "?"}${site}` : path);
const post = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) });

let asking = null;

function askForToken() {
  asking ??= new Promise((resolve) => {
    $("access").addEventListener("close", () => {
      token = $("token").value;
      sessionStorage.setItem("token", token);
      asking = null;
      resolve();
    }, { once: true });
    $("access").showModal();
  });
  return asking;
}

// ---- machines -------------------------------------------------------------------------------------------------------

const machines = new Map();
let shown = [];
let selected = -1;
let drawing = false;

const grid = $("grid");
const frame = $("gridFrame");
const GAP = 2;
let cell = 16;
let columns = 1;

function describe(it) {
  const parts = [it.name, it.power, it.registration];
  if (it.pending) parts.push("action pending");
  if (it.maintenance) parts.push("in maintenance");
  parts.push(it.sessions === null ? "sessions unknown" : `${it.sessions} session${it.sessions === 1 ? "" : "s"}`);
  return parts.join(" · ");
}

function filterMachines() {
  const words = $("machineFilter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...machines.values()];
  shown = words.length === 0 ? all : all.filter((it) => {
    const text = describe(it).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (selected >= shown.length) selected = -1;
  layOut();
}

/** Few machines get large cells with names, many get small ones; rows beyond the frame are scrolled to. */
function layOut() {
  const width = frame.clientWidth;
  const height = frame.clientHeight;
  cell = shown.length <= 60 ? 96 : 28;
  while (cell > 7 && cell < 96 && Math.ceil(shown.length / Math.floor(width / cell)) * cell > height) cell -= 1;
  columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(shown.length / columns);
  const rowHeight = cell === 96 ? 40 : cell;
  $("gridSpace").style.height = `${Math.max(0, rows * rowHeight - height)}px`;
  const scale = devicePixelRatio || 1;
  grid.width = width * scale;
  grid.height = height * scale;
  grid.style.width = `${width}px`;
  grid.style.height = `${height}px`;
  // Its new size has emptied it; the next frame may be far.
  paint();
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    paint();
  });
}

/** Paints the rows that can be seen, and no others. */
function paint() {
  const context = grid.getContext("2d");
  const scale = devicePixelRatio || 1;
  const probe = $("legend").querySelectorAll("span");
  const colors = LOOKS.map((_, index) => getComputedStyle(probe[index]).backgroundColor);
  const { color: ink, fontFamily } = getComputedStyle(document.body);
  const label = getComputedStyle(probe[0]).color;
  const named = cell === 96;
  const rowHeight = named ? 40 : cell;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, grid.width, grid.height);
  context.font = `11px ${fontFamily}`;
  const top = frame.scrollTop;
  const first = Math.floor(top / rowHeight) * columns;
  const last = Math.min(shown.length, (Math.ceil((top + frame.clientHeight) / rowHeight) + 1) * columns);
  for (let index = first; index < last; index += 1) {
    const it = shown[index];
    const x = (index % columns) * cell;
    const y = Math.floor(index / columns) * rowHeight - top;
    context.fillStyle = colors[LOOKS.findIndex((look) => look.fits(it))];
    context.fillRect(x, y, cell - GAP, rowHeight - GAP);
    if (it.maintenance) {
      context.fillStyle = "rgb(0 0 0 / 45%)";
      context.beginPath();
      context.moveTo(x + cell - GAP, y);
      context.lineTo(x + cell - GAP, y + rowHeight * 0.6);
      context.lineTo(x + cell - GAP - rowHeight * 0.6, y);
      context.fill();
    }
    if (named) {
      context.fillStyle = label;
      context.fillText(it.name.split("\\").pop().slice(0, 14), x + 6, y + 15);
      const below = it.sessions === null ? "?" : it.sessions > 0 ? `${it.sessions} in use` : "";
      context.fillText(below, x + 6, y + 30);
    } else if (it.sessions !== 0 && cell >= 12) {
      context.fillStyle = label;
      context.beginPath();
      context.arc(x + (cell - GAP) / 2, y + (cell - GAP) / 2, cell / 6, 0, 7);
      context.fill();
    }
    if (index === selected) {
      context.strokeStyle = ink;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, cell - GAP - 2, rowHeight - GAP - 2);
    }
  }
}

function select(index, scroll) {
  if (shown.length === 0) return;
  selected = Math.max(0, Math.min(shown.length - 1, index));
  $("machine").textContent = describe(shown[selected]);
  if (scroll) {
    const rowHeight = cell === 96 ? 40 : cell;
    const y = Math.floor(selected / columns) * rowHeight;
    if (y < frame.scrollTop) frame.scrollTop = y;
    const bottom = y + rowHeight - frame.clientHeight;
    if (bottom > frame.scrollTop) frame.scrollTop = bottom;
  }
  draw();
}

function cellAt(event) {
  const box = frame.getBoundingClientRect();
  const rowHeight = cell === 96 ? 40 : cell;
  const column = Math.floor((event.clientX - box.left) / cell);
  const row = Math.floor((event.clientY - box.top + frame.scrollTop) / rowHeight);
  const index = row * columns + column;
  return column < columns && index < shown.length ? index : -1;
}

frame.addEventListener("pointermove", (event) => {
  const index = cellAt(event);
  if (index >= 0 && index !== selected) select(index, false);
});
frame.addEventListener("scroll", draw);
frame.addEventListener("click", () => listRequestsOf(shown[selected]));
frame.addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (event.key in steps) {
    select(selected < 0 ? 0 : selected + steps[event.key], true);
  } else if (event.key === "Home") {
    select(0, true);
  } else if (event.key === "End") {
    select(shown.length - 1, true);
  } else if (event.key === "Enter") {
    listRequestsOf(shown[selected]);
  } else {
    return;
  }
  event.preventDefault();
});
$("machineFilter").addEventListener("input", filterMachines);
new ResizeObserver(layOut).observe(frame);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

function listRequestsOf(machine) {
  if (!machine) return;
  $("journalFilter").value = machine.id;
  filterJournal();
}

for (const look of LOOKS) {
  const item = document.createElement("li");
  const color = document.createElement("span");
  color.style.background = `var(${look.color})`;
  item.append(color, look.name);
  $("legend").append(item);
}

// ---- figures, sessions, jobs ----------------------------------------------------------------------------------------

function showFigures(state) {
  const number = (id, value) => { $(id).textContent = (value ?? 0).toLocaleString("en"); };
  number("total", state.machines.total);
  number("registered", state.machines.registration.Registered);
  number("pending", state.machines.actionPending);
  number("maintenance", state.machines.inMaintenance);
  number("sessionCount", state.sessions);
  number("jobCount", state.jobs.unfinished);
  number("requestCount", state.exchanges);
  number("faultCount", state.faultRules);
  $("freeze").setAttribute("aria-pressed", String(state.frozen));
  $("freeze").textContent = state.frozen ? "Frozen" : "Freeze";
  clock = { at: Date.parse(state.now), read: performance.now(), frozen: state.frozen };
  showClock();
}

let clock = null;

function showClock() {
  if (!clock) return;
  const passed = clock.frozen ? 0 : performance.now() - clock.read;
  $("now").textContent = `${new Date(clock.at + passed).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
setInterval(showClock, 1000);

function rows(body, items, cells) {
  body.replaceChildren(...items.map((item) => {
    const row = document.createElement("tr");
    for (const text of cells(item)) {
      const cell = document.createElement("td");
      cell.textContent = text ?? "–";
      cell.title = cell.textContent;
      row.append(cell);
    }
    return row;
  }));
}

async function loadLists() {
  const [sessions, jobs] = await Promise.all([asJson(ofSite("state/sessions?limit=100")), asJson(ofSite("state/jobs?limit=1000"))]);
  rows($("sessions"), sessions.items, (it) => [it.user, it.machine, it.state]);
  rows($("jobs"), jobs.items.slice(-100).reverse(), (it) => [it.kind, it.status, it.created.slice(11, 19)]);
}

$("freeze").addEventListener("click", async () => {
  const frozen = $("freeze").getAttribute("aria-pressed") === "true";
  await post("clock", frozen ? { run: true } : { freeze: true });
  showFigures(await asJson(ofSite("state")));
});
$("advance").addEventListener("click", async () => {
  await post("clock", { advance: "1m" });
  showFigures(await asJson(ofSite("state")));
});

// ---- journal --------------------------------------------------------------------------------------------------------

let lines = [];
let waiting = [];
let newest = 0;

function fits(line) {
  const words = $("journalFilter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fault = line.fault ? `fault ${faultName(line.fault)}` : "";
  const text = `${line.method} ${line.path}?${line.query ?? ""} ${line.operation ?? ""} ${line.status} ${fault}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function rowOf(line) {
  const row = document.createElement("tr");
  row.tabIndex = 0;
  row.dataset.number = line.number;
  const cell = (text, style) => {
    const made = document.createElement("td");
    made.textContent = text;
    if (style) made.className = style;
    row.append(made);
    return made;
  };
  cell(line.number, "number");
  cell(line.method);
  const what = cell(line.operation ?? line.path);
  if (line.operation) {
    const path = document.createElement("small");
    path.textContent = line.path;
    what.append(document.createElement("br"), path);
  }
  if (line.fault) {
    const fault = document.createElement("small");
    fault.className = "fault";
    fault.textContent = ` ${faultName(line.fault)}${line.acted ? ", after acting" : ""}`;
    what.append(fault);
  }
  cell(line.status || "cut", "number").dataset.class = Math.floor(line.status / 100);
  cell(line.milliseconds < 10 ? line.milliseconds.toFixed(1) : Math.round(line.milliseconds), "number");
  return row;
}

function addLines(more) {
  lines = lines.concat(more).slice(-LINES);
  const fresh = more.filter(fits).slice(-LINES).reverse().map(rowOf);
  const body = $("exchanges");
  const held = $("exchangesFrame").scrollTop > 0 ? $("exchangesFrame").scrollHeight : 0;
  body.prepend(...fresh);
  while (body.children.length > LINES) body.lastChild.remove();
  if (held) $("exchangesFrame").scrollTop += $("exchangesFrame").scrollHeight - held;
  $("journal").classList.toggle("some", body.children.length > 0);
}

function filterJournal() {
  $("exchanges").replaceChildren(...lines.filter(fits).reverse().map(rowOf));
  $("none").textContent = lines.length ? "No request fits the filter." : "Nothing was asked yet.";
  $("journal").classList.toggle("some", $("exchanges").children.length > 0);
}
$("journalFilter").addEventListener("input", filterJournal);

$("clear").addEventListener("click", async () => {
  await ask("journal", { method: "DELETE" });
  lines = [];
  filterJournal();
});

$("archive").addEventListener("click", async (event) => {
  if (!token) return;
  // A link carries no token.
  event.preventDefault();
  const response = await ask($("archive").getAttribute("href"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = "emulator.har";
  link.click();
  URL.revokeObjectURL(link.href);
});

$("exchanges").addEventListener("click", (event) => open(event.target.closest("tr")));
$("exchanges").addEventListener("keydown", (event) => {
  const row = event.target.closest("tr");
  const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
  if (next) next.focus();
  else if (event.key === "Enter") open(row);
  else return;
  event.preventDefault();
});

function pretty(side) {
  if (side.bodyBase64) return `(no text, Base64) ${side.bodyBase64}`;
  try {
    return JSON.stringify(JSON.parse(side.body), null, 2);
  } catch {
    return side.body;
  }
}

async function open(row) {
  if (!row) return;
  let it;
  try {
    it = await asJson(`journal/${row.dataset.number}`);
  } catch {
    row.title = "no longer on record";
    return;
  }
  $("detailsTitle").textContent = `${it.method} ${it.path}${it.query === null ? "" : `?${it.query}`}`;
  const facts = {
    Operation: it.operation,
    Status: it.status || "none: the connection was cut",
    At: it.at,
    Took: `${it.milliseconds} ms`,
    "Transaction id": it.transactionId,
    Acted: it.acted ? "yes, a write was carried out" : null,
    Fault: it.fault && JSON.stringify(it.fault),
  };
  $("facts").replaceChildren(...Object.entries(facts).filter(([, value]) => value).flatMap(([name, value]) => {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    return [term, text];
  }));
  for (const side of ["request", "response"]) {
    rows($(`${side}Headers`).tBodies[0], it[side].headers, (header) => [header.name, header.value]);
    $(`${side}Body`).textContent = pretty(it[side]);
  }
  if (it.response.cut) {
    $("responseBody").textContent += `\n… the beginning of ${it.response.length.toLocaleString("en")} bytes`;
  }
  opened = row;
  $("details").hidden = false;
  $("log").scrollTop = 0;
}

let opened = null;

function closeDetails() {
  $("details").hidden = true;
  opened?.focus();
}
$("close").addEventListener("click", closeDetails);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("details").hidden) closeDetails();
});

// ---- sites and faults -----------------------------------------------------------------------------------------------

/** Ends the stream of events, so that it begins anew for another site. */
let stop = null;

function showSites(sites) {
  $("choice").hidden = sites.length < 2;
  const options = sites.map((it) => {
    const value = new URLSearchParams({ customer: it.customer, site: it.id }).toString();
    return new Option(`${it.name} (${it.customer})`, value, false, value === site);
  });
  $("sites").replaceChildren(...options);
}

$("sites").addEventListener("change", () => {
  site = $("sites").value;
  sessionStorage.setItem("site", site);
  stop?.abort();
});

offerFaults();

// ---- live -----------------------------------------------------------------------------------------------------------

const handlers = {
  exchange: (line) => {
    // What came while the page was loading is on it already.
    if (line.number <= newest) return;
    newest = line.number;
    waiting.push(line);
    if (waiting.length === 1) setTimeout(() => addLines(waiting.splice(0)), 50);
  },
  machines: ({ changed, gone }) => {
    let same = true;
    for (const it of changed) {
      same &&= machines.has(it.id);
      const known = machines.get(it.id);
      if (known) Object.assign(known, it);
      else machines.set(it.id, it);
    }
    for (const id of gone) machines.delete(id);
    if (!same || gone.length || $("machineFilter").value) filterMachines();
    else draw();
    if (selected >= 0) $("machine").textContent = describe(shown[selected]);
  },
  state: (state) => {
    showFigures(state);
    loadLists();
    if (state.faultRules !== rules.filter((it) => it.on).length) loadFaults();
  },
  lost: () => {},
};

function connection(state, text) {
  $("connection").dataset.state = state;
  $("connection").textContent = text;
}

async function load() {
  machines.clear();
  for (let offset = 0; offset !== null;) {
    const page = await asJson(ofSite(`state/machines?limit=${PAGE}&offset=${offset}`));
    for (const it of page.items) machines.set(it.id, it);
    offset = page.next;
    filterMachines();
  }
  lines = [];
  const journal = await asJson(`journal?details=false&limit=${LINES}`);
  newest = journal.exchanges.at(-1)?.number ?? 0;
  $("exchanges").replaceChildren();
  addLines(journal.exchanges);
  const state = await asJson(ofSite("state"));
  showSites(state.sites);
  showFigures(state);
  await loadLists();
  await loadFaults();
}

/** Reads server-sent events by hand, since EventSource can carry no token. */
async function listen() {
  stop = new AbortController();
  const reader = (await ask(ofSite("events"), { signal: stop.signal })).body.pipeThrough(new TextDecoderStream()).getReader();
  // What happens while it loads waits in the stream.
  await load();
  connection("live", "live");
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const name = /^event: ?(.*)$/m.exec(event)?.[1];
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (name && data) handlers[name]?.(JSON.parse(data));
    }
  }
}

(async () => {
  for (;;) {
    const before = site;
    try {
      await listen();
    } catch (error) {
      if (before !== site) continue;
      console.warn(error);
    }
    connection("lost", "connection lost; trying again");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
})();

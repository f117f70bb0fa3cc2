"use strict";

// Faults: those in force, switched off and on, and added. The page's script calls what is here.

/** What can be added with one click. */
const FAULTS = {
  "one in ten is told to wait (429)": { kind: { retry_later: { status: 429, delay: { seconds: 2 } } }, rate: 0.1 },
  "one in ten fails (503)": { kind: { status: 503 }, rate: 0.1 },
  "responses take a second longer": { kind: { latency: { fixed: "1s" } } },
  "one in ten connections is reset": { kind: "reset", rate: 0.1 },
  "the site is frozen": { kind: "frozen_site" },
};

/** The rules in force, and those that were switched off here. */
let rules = [];

async function loadFaults() {
  const active = (await asJson("faults")).rules;
  const known = new Set(active.map((it) => JSON.stringify(it)));
  const off = rules.filter((it) => !it.on && !known.has(JSON.stringify(it.rule)));
  rules = active.map((rule) => ({ rule, on: true })).concat(off);
  showFaults();
}

async function sendFaults() {
  const active = rules.filter((it) => it.on).map((it) => it.rule);
  await ask("faults", { method: "PUT", body: JSON.stringify(active) });
  showFaults();
}

function showFaults() {
  $("faults").replaceChildren(...rules.map((it) => {
    const item = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const text = document.createElement("code");
    box.type = "checkbox";
    box.checked = it.on;
    box.addEventListener("change", () => {
      it.on = box.checked;
      sendFaults();
    });
    const { kind, ...more } = it.rule;
    const rest = Object.entries(more).filter(([, value]) => value && value.length !== 0);
    text.textContent = rest.map(([name, value]) => `${name.replaceAll("_", " ")}: ${JSON.stringify(value)}`).join(", ");
    label.append(box, faultName(kind), " ", text);
    item.append(label);
    return item;
  }));
}

/** Fills the list of faults that can be added. */
function offerFaults() {
  $("newFault").append(...Object.keys(FAULTS).map((name) => new Option(name)));
  $("newFault").addEventListener("change", () => {
    const rule = FAULTS[$("newFault").value];
    $("newFault").value = "";
    if (!rule) return;
    rules.push({ rule, on: true });
    sendFaults().then(loadFaults);
  });
}

function faultName(fault) {
  if (typeof fault === "string") return fault.replaceAll("_", " ");
  const [kind, value] = Object.entries(fault)[0];
  const name = kind.replaceAll("_", " ");
  return typeof value === "object" ? `${name} ${value.status ?? ""}`.trim() : `${name} ${value}`;
}

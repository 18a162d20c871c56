// The draft page: choosing a candidate, filling facts, editing with the changes in sight.
"use strict";

/* ---- candidates ---- */

let chosen = "1";

function choose(ordinal) {
  chosen = ordinal;
  for (const tab of page.querySelectorAll("[data-choose]")) tab.setAttribute("aria-selected", String(tab.dataset.choose === ordinal));
  for (const panel of page.querySelectorAll("[data-candidate]")) panel.hidden = panel.dataset.candidate !== ordinal;
  showSlots(false);
}

/** The facts that the chosen candidate needs; those of the others on demand. */
function showSlots(all) {
  const panel = page.querySelector(`[data-candidate="${chosen}"]`), button = byId("all-slots");
  if (!panel || !button) return;
  const text = panel.querySelector("textarea").defaultValue;
  const needed = new Set([...panel.querySelectorAll("[data-slot]")].map((mark) => mark.dataset.slot));
  let others = 0;
  for (const form of page.querySelectorAll(".fact-form")) {
    const needs = needed.has(form.dataset.name) || text.includes(`【待核实：${form.dataset.name}】`);
    form.hidden = !needs && !all;
    others += needs ? 0 : 1;
  }
  button.hidden = all || others === 0;
  button.textContent = say(words.other_slots, { n: others });
}

page.addEventListener("keydown", (key) => {
  const tab = key.target.closest?.("[data-choose]");
  if (!tab || (key.key !== "ArrowRight" && key.key !== "ArrowLeft")) return;
  const next = key.key === "ArrowRight" ? tab.nextElementSibling : tab.previousElementSibling;
  if (next) { choose(next.dataset.choose); next.focus(); }
});

/* ---- changes ---- */

/** Characters of two texts as [kind, text] runs: "=", "-" (gone), "+" (new). Longest common subsequence. */
function changes(before, after) {
  const a = [...before], b = [...after];
  let start = 0, end = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const x = a.slice(start, a.length - end), y = b.slice(start, b.length - end), width = y.length + 1;
  const common = new Uint16Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i -= 1)
    for (let j = y.length - 1; j >= 0; j -= 1)
      common[i * width + j] = x[i] === y[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
  const runs = [];
  const add = (kind, text) => { if (text) { if (runs.at(-1)?.[0] === kind) runs.at(-1)[1] += text; else runs.push([kind, text]); } };
  add("=", a.slice(0, start).join(""));
  for (let i = 0, j = 0; i < x.length || j < y.length;) {
    if (i < x.length && j < y.length && x[i] === y[j]) { add("=", x[i]); i += 1; j += 1; }
    else if (i < x.length && (j === y.length || common[(i + 1) * width + j] >= common[i * width + j + 1])) { add("-", x[i]); i += 1; }
    else { add("+", y[j]); j += 1; }
  }
  add("=", a.slice(a.length - end).join(""));
  return runs;
}

function showChanges(where, before, after) {
  where.replaceChildren(...changes(before, after).map(([kind, text]) => {
    const run = document.createElement({ "=": "span", "-": "del", "+": "ins" }[kind]);
    run.textContent = text;
    return run;
  }));
}

function toggleChanges(button) {
  const around = button.closest("article, details"), text = around.querySelector("[data-text]"), diff = around.querySelector(".diff");
  diff.hidden = !diff.hidden;
  text.hidden = !diff.hidden;
}

/* ---- editing ---- */

function original(form) { return form.querySelector("textarea").defaultValue; }

function measure(form) {
  const text = form.querySelector("textarea").value, limit = Number(form.dataset.limit), length = [...text].length;
  const count = form.querySelector(".count");
  count.textContent = `${length} / ${limit}${length > limit ? ` · ${say(words.over_limit, { n: length - limit })}` : ""}`;
  count.classList.toggle("over", length > limit);
  const diff = form.querySelector(".diff");
  diff.hidden = text === original(form);
  if (diff.hidden) return form.querySelector(".live-checks").replaceChildren();
  showChanges(diff, original(form), text);
  return checkSoon(form, text);
}

let checking = 0;

/** What the checks say of the text, once typing pauses. */
function checkSoon(form, text) {
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const body = JSON.stringify({ text, candidate: form.closest("[data-candidate]").dataset.candidate });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${base}/cases/${encodeURIComponent(caseNumber)}/check`, { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok && form.querySelector("textarea").value === text) form.querySelector(".live-checks").replaceChildren(fragment(await answer.text()));
  }, 500);
}

const editing = new Set();

function edit(panel, on) {
  const form = panel.querySelector(".editing"), field = form.querySelector("textarea");
  form.hidden = !on;
  if (on) editing.add(panel.dataset.candidate); else { editing.delete(panel.dataset.candidate); field.value = field.defaultValue; }
  measure(form);
  if (on) field.focus();
}

/** Put the words of a check in place of those that it is about, in the text that is being edited; nothing where they stand no more. */
function mend(button) {
  const panel = button.closest("[data-candidate]"), form = panel.querySelector(".editing"), field = form.querySelector("textarea");
  const { mend: words, span, start } = button.dataset;
  if (form.hidden) edit(panel, true);
  const text = [...field.value], from = Number(start), until = from + [...span].length;
  if (text.slice(from, until).join("") !== span) return;
  field.value = text.slice(0, from).join("") + words + text.slice(until).join("");
  measure(form);
}

page.addEventListener("input", (input) => {
  const form = input.target.closest(".editing");
  if (form) measure(form);
});

page.addEventListener("click", (click) => {
  const at = (selector) => click.target.closest(selector);
  if (at("[data-choose]")) choose(at("[data-choose]").dataset.choose);
  else if (at("#all-slots")) showSlots(true);
  else if (at("[data-edit]")) edit(at("[data-candidate]"), true);
  else if (at("[data-cancel]")) edit(at("[data-candidate]"), false);
  else if (at("[data-toggle-diff]")) toggleChanges(at("[data-toggle-diff]"));
  else if (at("[data-mend]")) mend(at("[data-mend]"));
  else if (at("[data-copy-text]")) copy(at("[data-copy-text]").dataset.copyText);
  else if (at("[data-gap]")) openSlot(at("[data-gap]").dataset.gap.replace(/^【待核实：|】$/g, ""));
  else if (at("mark.slot[data-slot]")) openSlot(at("mark.slot[data-slot]").dataset.slot);
});

page.addEventListener("submit", (submit) => {
  const form = submit.target;
  if (form.matches(".editing")) { submit.preventDefault(); busy(submit.submitter, () => save(form)); }
  if (form.dataset.revise) { submit.preventDefault(); busy(submit.submitter, () => revise(form)); }
  if (form.dataset.fill) { submit.preventDefault(); busy(submit.submitter, () => fill(form)); }
});

async function save(form) {
  const panel = form.closest("[data-candidate]"), text = form.querySelector("textarea").value.trim();
  if (text === original(form).trim()) return toast(words.nothing_changed);
  const { sent, refused } = await send("/act", { text: `${form.dataset.command}\n${text}` });
  if (!sent || refused) return undefined;
  edit(panel, false);
  return refresh();
}

/** Reworded as wished; the changes are shown at once. */
async function revise(form) {
  const ordinal = form.closest("[data-candidate]").dataset.candidate;
  const { sent, refused } = await send("/act", { text: `${form.dataset.revise} ${oneLine(form.querySelector("input"))}` });
  if (!sent || refused) return;
  form.reset();
  await refresh();
  const toggle = page.querySelector(`[data-candidate="${ordinal}"] [data-toggle-diff]`);
  if (toggle && toggle.closest("article").querySelector(".diff").hidden) toggleChanges(toggle);
}

/* ---- facts ---- */

function oneLine(field) { return field.value.replace(/\s+/g, " ").trim(); }

async function fill(form) {
  const [value, how, by] = [...form.querySelectorAll("input")].map(oneLine);
  const { sent, refused } = await send("/act", { text: say(words.fact, { command: form.dataset.fill, value, how, by }) });
  if (!sent || refused) return;
  form.reset();
  form.closest("details").open = false;
  await refresh();
}

/** From a gap in the text to the form that fills it. */
function openSlot(name) {
  for (const form of page.querySelectorAll(".fact-form"))
    if (form.dataset.name === name) {
      form.open = true;
      form.scrollIntoView({ block: "center", behavior: "smooth" });
      form.querySelector("input").focus({ preventScroll: true });
    }
}

document.addEventListener("refreshed", () => {
  if (page.querySelector("[data-choose]")) choose(page.querySelector(`[data-choose="${chosen}"]`) ? chosen : "1");
  for (const ordinal of editing) {
    const form = page.querySelector(`[data-candidate="${ordinal}"] .editing`);
    if (form) { form.hidden = false; measure(form); }
  }
});

if (page.querySelector("[data-choose]")) choose("1");

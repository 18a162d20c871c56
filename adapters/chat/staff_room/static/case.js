// Pages of a case: acts go out as commands, parts of the page are put in anew when the case has changed.
"use strict";

const page = byId("main"), caseNumber = document.body.dataset.case;
const seenParts = new Map();

function parts(root) { return [...root.querySelectorAll("[data-part]")]; }
for (const part of parts(page)) seenParts.set(part.dataset.part, part.outerHTML);

/** What a person has typed or opened in a part and would lose with it. */
function keep(part) {
  const fields = [...part.querySelectorAll("input[name], textarea[name]")].filter((field) => field.value !== field.defaultValue);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  return {
    values: fields.map((field) => [field.name, field.value]),
    open: new Map([...part.querySelectorAll("details[data-label]")].map((details) => [details.dataset.label, details.open])),
    focus: focused?.name, selection: focused?.selectionStart === undefined ? null : [focused.selectionStart, focused.selectionEnd],
  };
}

function giveBack(part, kept) {
  for (const [name, value] of kept.values) {
    const field = part.querySelector(`[name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
  for (const details of part.querySelectorAll("details[data-label]"))
    if (kept.open.has(details.dataset.label) && !details.classList.contains("known")) details.open = kept.open.get(details.dataset.label) || details.open;
  const field = kept.focus && part.querySelector(`[name="${CSS.escape(kept.focus)}"]`);
  if (field) { field.focus(); if (kept.selection && field.type !== "url") field.setSelectionRange(...kept.selection); }
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { "x-part": "parts" } }).catch(() => null);
  if (!answer || !answer.ok) return;
  for (const fresh of parts(fragment(await answer.text()))) {
    const name = fresh.dataset.part, html = fresh.outerHTML, standing = page.querySelector(`[data-part="${name}"]`);
    if (!standing || seenParts.get(name) === html) continue;
    seenParts.set(name, html);
    const kept = keep(standing);
    standing.replaceWith(fresh);
    giveBack(fresh, kept);
    fresh.classList.add("changed");
  }
  document.dispatchEvent(new Event("refreshed"));
  showRemaining();
}

let standing = null;
follow(() => `${base}/cases/${encodeURIComponent(caseNumber)}/events`, {
  standing(event) {
    if (standing !== null && standing !== event.data) refresh();
    standing = event.data;
  },
});

page.addEventListener("click", (click) => {
  const acting = click.target.closest("button[data-act]");
  if (!acting) return;
  busy(acting, async () => {
    const { sent, refused } = await send("/act", { text: acting.dataset.act });
    if (sent && !refused && acting.dataset.then) location.href = acting.dataset.then;
    else if (sent) await refresh();
  });
});

page.addEventListener("submit", (submit) => {
  const form = submit.target;
  if (!form.matches(".inline")) return;
  submit.preventDefault();
  const field = form.querySelector("input");
  busy(submit.submitter, async () => {
    const { sent, refused } = await send("/act", { text: `${form.dataset.command} ${field.value.trim()}` });
    if (!sent || refused) return;
    field.value = field.defaultValue;
    await refresh();
  });
});

page.addEventListener("submit", (submit) => {
  const form = submit.target;
  if (!form.matches(".pick")) return;
  submit.preventDefault();
  const picked = [...form.querySelectorAll("input[name=post]:checked")].map((box) => box.value);
  busy(submit.submitter, async () => {
    const { sent, refused } = await send("/act", { text: `${form.dataset.command} ${picked.join(" ")}` });
    if (sent && !refused) await refresh();
  });
});

const cameFrom = sessionStorage.getItem(tabChat);
if (cameFrom) byId("back").href = `${base}/room/${encodeURIComponent(cameFrom)}`;

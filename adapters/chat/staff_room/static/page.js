// What every page of the staff room does: send, tell, copy, open a source in a sheet, follow the live stream.
"use strict";

const base = document.body.dataset.base;
const words = JSON.parse(document.body.dataset.words);

function byId(id) { return document.getElementById(id); }

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // from our own server, which escapes everything that people wrote
  return template.content;
}

/** Show a line for some seconds; longer ones stay longer, and any goes away by a tap. */
function toast(text, kind = "") {
  if (!text) return;
  const line = document.createElement("div");
  line.className = `toast ${kind}`;
  line.textContent = text;
  line.addEventListener("click", () => line.remove());
  byId("toasts").append(line);
  while (byId("toasts").childElementCount > 2) byId("toasts").firstElementChild.remove();
  setTimeout(() => line.remove(), 3500 + 90 * text.length);
}

/** The chat that this tab is in, or was in before it opened a case. */
const tabChat = `chat:${base}`;
if (document.body.dataset.chat) sessionStorage.setItem(tabChat, document.body.dataset.chat);

/** Send one act to the server. The same id again is the same act, so sending it a second time does no harm. */
async function send(path, act) {
  const chat = sessionStorage.getItem(tabChat);
  const body = JSON.stringify({ chat, id: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`, ...act });
  for (const pause of [400, 0]) {
    try {
      const answer = await fetch(base + path, { method: "POST", headers: { "content-type": "application/json" }, body });
      if (answer.status === 401) location.reload();
      if (answer.status === 404) sessionStorage.removeItem(tabChat); // the chat is gone; the next act goes to the first
      if (!answer.ok) throw new Error(String(answer.status));
      const { brief, refusal } = await answer.json();
      toast(brief);
      toast(refusal, "refusal");
      return { sent: true, refused: Boolean(refusal) };
    } catch {
      if (pause) await new Promise((done) => setTimeout(done, pause));
    }
  }
  toast(words.not_sent, "refusal");
  return { sent: false, refused: false };
}

/** Run something while a button is busy; pressed twice it runs once. */
async function busy(button, run) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try { await run(); } finally { button.removeAttribute("aria-busy"); }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(words.copied);
  } catch {
    toast(words.copy_failed, "refusal");
  }
}

async function openSheet(address) {
  const answer = await fetch(address, { headers: { "x-part": "sheet" } }).catch(() => null);
  if (!answer) return toast(words.not_sent, "refusal");
  const part = fragment(await answer.text());
  byId("sheet-body").replaceChildren(part);
  byId("sheet").showModal();
  byId("sheet-body").querySelector("mark")?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (click) => {
  const copying = click.target.closest("[data-copy]");
  if (copying) return copy(copying.previousElementSibling.textContent);
  const source = click.target.closest("a[data-sheet]");
  if (source && !click.ctrlKey && !click.metaKey && !click.shiftKey) {
    const path = new URL(source.href).pathname;
    if (!/\/(clauses|past-cases)\b/.test(path)) return undefined;
    click.preventDefault();
    return openSheet(source.href);
  }
  for (const open of document.querySelectorAll("details.who[open]")) if (!open.contains(click.target)) open.open = false;
  if (click.target instanceof HTMLDialogElement) click.target.close(); // a click beside the sheet
  return undefined;
});

/** The server's clock between two settings, at the speed that it was seen to run. */
const clock = { shown: Date.parse(document.body.dataset.now || ""), since: Date.now(), pace: 1 };

function setClock(iso) {
  const now = Date.now(), shown = Date.parse(iso);
  if (now - clock.since > 1000) clock.pace = Math.max(0, (shown - clock.shown) / (now - clock.since));
  Object.assign(clock, { shown, since: now });
  showClock();
}

function showClock() {
  const face = byId("clock");
  if (!face || Number.isNaN(clock.shown)) return;
  const now = new Date(clock.shown + (Date.now() - clock.since) * clock.pace);
  const china = { timeZone: "Asia/Shanghai", hour12: false };
  face.textContent = now.toLocaleTimeString("zh-CN", { ...china, hour: "2-digit", minute: "2-digit" });
  face.title = now.toLocaleString("zh-CN", china);
}

showClock();
setInterval(showClock, 1000);

/** Follow a stream; says so when the link is lost. The browser connects again by itself and names the last event it has seen. */
function follow(address, handlers) {
  let stream, wait;
  const connect = () => {
    stream = new EventSource(address());
    stream.addEventListener("open", () => { byId("lost").hidden = true; });
    stream.addEventListener("error", () => {
      byId("lost").hidden = false;
      if (stream.readyState !== EventSource.CLOSED) return;
      clearTimeout(wait);
      wait = setTimeout(connect, 3000); // the server answered with an error: the browser does not try again by itself
    });
    stream.addEventListener("clock", (event) => { byId("lost").hidden = true; setClock(event.data); });
    for (const [name, handle] of Object.entries(handlers)) stream.addEventListener(name, handle);
  };
  connect();
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (shown) => { if (shown.persisted) connect(); });
}

/** A sentence with its {fields} put in. */
function say(sentence, fields) { return sentence.replace(/\{(\w+)\}/g, (_, name) => fields[name]); }

/** Time left until a clock on the page ends, as the server words it. */
function remaining(due) {
  const now = clock.shown + (Date.now() - clock.since) * clock.pace, minutes = Math.round((due - now) / 60_000), size = Math.abs(minutes);
  const fields = { days: Math.floor(size / 1440), hours: Math.floor(size / 60), minutes: size < 60 ? size : size % 60 };
  const span = say(size >= 2880 ? words.days : size >= 60 ? words.hours : words.minutes, fields);
  return say(minutes >= 0 ? words.left : words.over, { span });
}

function showRemaining() {
  for (const left of document.querySelectorAll("[data-due]")) left.textContent = remaining(Date.parse(left.dataset.due));
}

setInterval(showRemaining, 5000);

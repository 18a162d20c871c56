// The room: messages arrive, change in place, and are answered.
"use strict";

const room = document.body.dataset;
const scroller = byId("scroll"), list = byId("messages"), line = byId("line");
let last = Number(room.last);

/* ---- reading ---- */

function atEnd() { return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80; }
function toEnd() { scroller.scrollTop = scroller.scrollHeight; }

let unseen = 0, rung = 0;
const title = document.title;

function showUnseen() {
  byId("jump").hidden = unseen === 0;
  byId("jump").textContent = `${say(words.new_messages, { n: unseen })} ↓`;
  document.title = rung ? `(${rung}) ${title}` : title;
}

function seen() {
  if (document.hidden) return;
  rung = 0;
  if (atEnd()) unseen = 0;
  showUnseen();
}

byId("jump").addEventListener("click", toEnd);
scroller.addEventListener("scroll", seen, { passive: true });
document.addEventListener("visibilitychange", seen);
addEventListener("focus", seen);

function dayOf(message) { return message.dataset.at.slice(0, 10); }

function dayName(day) {
  const today = new Date(clock.shown + 8 * 3600e3).toISOString().slice(0, 10);
  const yesterday = new Date(clock.shown - 16 * 3600e3).toISOString().slice(0, 10);
  const [, month, date] = day.split("-");
  return { [today]: words.today, [yesterday]: words.yesterday }[day] || say(words.date, { month: Number(month), date: Number(date) });
}

/** A line with the date between messages of two days. */
function markDays() {
  for (const mark of list.querySelectorAll(".day")) mark.remove();
  let before = "";
  for (const message of list.querySelectorAll(".message")) {
    if (dayOf(message) !== before) {
      const mark = document.createElement("li");
      mark.className = "day";
      mark.textContent = dayName(dayOf(message));
      message.before(mark);
    }
    before = dayOf(message);
  }
}

/** Put a new face on a message where it stands; what was open stays open, what had the focus keeps it. */
function replaceInPlace(standing, fresh) {
  for (const open of standing.querySelectorAll("details[open]"))
    for (const same of fresh.querySelectorAll("details")) if (same.dataset.label === open.dataset.label) same.open = true;
  const focused = standing.contains(document.activeElement) ? document.activeElement.dataset.command : null;
  fresh.classList.add("changed");
  standing.replaceWith(fresh);
  if (focused) [...fresh.querySelectorAll("button")].find((button) => button.dataset.command === focused)?.focus();
}

function show(event) {
  last = Number(event.lastEventId);
  const { root, html, rings } = JSON.parse(event.data);
  const fresh = fragment(html).querySelector(".message"), standing = byId(`m${root}`), following = atEnd();
  if (standing) replaceInPlace(standing, fresh);
  else if (root === last) append(fresh, rings, following);
  if (following) toEnd();
  refreshDesk();
}

function append(fresh, rings, following) {
  const mine = fresh.classList.contains("mine");
  fresh.classList.add("arrived");
  list.append(fresh);
  byId("quiet").hidden = true;
  markDays();
  if (mine) return toEnd();
  if (!following || document.hidden) unseen += 1;
  if (rings && (document.hidden || !document.hasFocus())) rung += 1;
  return showUnseen();
}

function elsewhere(event) {
  last = Number(event.lastEventId);
  const { chat } = JSON.parse(event.data);
  for (const link of document.querySelectorAll("[data-chat-link]"))
    if (link.dataset.chatLink === chat) link.querySelector(".unread").hidden = false;
  byId("unread-elsewhere").hidden = false;
}

follow(() => `${base}/events?chat=${encodeURIComponent(room.chat)}&after=${last}`, { message: show, elsewhere });

const earlier = new IntersectionObserver(async ([top]) => {
  const first = list.querySelector(".message");
  if (!top.isIntersecting || !first) return;
  earlier.disconnect();
  const answer = await fetch(`${base}/room/${encodeURIComponent(room.chat)}/older?before=${first.id.slice(1)}`).catch(() => null);
  const older = answer && answer.ok ? fragment(await answer.text()) : null;
  if (!older || !older.childElementCount) return;
  const fromEnd = scroller.scrollHeight - scroller.scrollTop;
  list.prepend(older);
  markDays();
  scroller.scrollTop = scroller.scrollHeight - fromEnd;
  earlier.observe(byId("older"));
}, { root: scroller, rootMargin: "300px 0px 0px 0px" });

markDays();
toEnd();
earlier.observe(byId("older"));

/* ---- the desk beside the room ---- */

let deskWait = 0;

function refreshDesk() {
  if (deskWait) return;
  deskWait = setTimeout(async () => {
    deskWait = 0;
    const answer = await fetch(`${base}/desk`).catch(() => null);
    if (answer && answer.ok) byId("desk").replaceChildren(fragment(await answer.text()));
  }, 1000);
}

setInterval(() => { if (!document.hidden) refreshDesk(); }, 30_000);

function toggleMenu(open) {
  document.body.classList.toggle("menu-open", open);
  byId("menu").setAttribute("aria-expanded", String(open));
}

byId("menu").addEventListener("click", (click) => { click.stopPropagation(); toggleMenu(!document.body.classList.contains("menu-open")); });
document.addEventListener("click", (click) => { if (!click.target.closest(".rail")) toggleMenu(false); });
document.addEventListener("keydown", (key) => { if (key.key === "Escape") toggleMenu(false); });

/* ---- acting ---- */

list.addEventListener("click", (click) => {
  const button = click.target.closest("button[data-command]");
  if (!button) return;
  const { token, command } = button.dataset;
  busy(button, () => (token ? send("/press", { token }) : send("/act", { text: command })));
});

const composer = byId("composer"), choices = byId("suggestions");

function fit() {
  line.style.height = "auto";
  line.style.height = `${Math.min(line.scrollHeight, 160)}px`;
}

composer.addEventListener("submit", async (submit) => {
  submit.preventDefault();
  const text = line.value.trim();
  if (!text) return;
  line.value = "";
  fit();
  suggest();
  const { sent } = await send("/say", { text });
  if (!sent && !line.value) { line.value = text; fit(); }
});

line.addEventListener("keydown", (key) => {
  if (key.isComposing) return;
  const chosen = choices.querySelector("[aria-selected=true]");
  if (!choices.hidden && (key.key === "ArrowDown" || key.key === "ArrowUp")) { key.preventDefault(); move(key.key === "ArrowDown" ? 1 : -1); }
  else if (key.key === "Escape") choices.hidden = true;
  else if ((key.key === "Enter" || key.key === "Tab") && chosen && !choices.hidden) { key.preventDefault(); choose(chosen); }
  else if (key.key === "Enter" && !key.shiftKey) { key.preventDefault(); composer.requestSubmit(); }
});

/* ---- suggestions ---- */

const commands = Object.entries(JSON.parse(room.suggestions)); // ["认领 {case}", what it does]

function recentCases() {
  const numbers = [...list.querySelectorAll("[data-case]")].map((message) => message.dataset.case).reverse();
  const desk = [...document.querySelectorAll(".cases .number")].map((number) => number.textContent);
  return [...new Set([...numbers, ...desk])].slice(0, 3);
}

function matching(typed) {
  if (!typed || typed.includes("\n")) return [];
  return commands.flatMap(([text, meaning]) =>
    (text.includes("{case}") ? recentCases() : [""]).map((number) => ({ text: text.replace("{case}", number), meaning })))
    .filter(({ text }) => text.startsWith(typed) && text !== typed).slice(0, 6);
}

function suggest() {
  const offers = matching(line.value.trimStart());
  choices.hidden = offers.length === 0;
  choices.replaceChildren(...offers.map(({ text, meaning }) => {
    const offer = document.createElement("li");
    offer.setAttribute("role", "option");
    offer.dataset.text = text;
    const what = document.createElement("b"), why = document.createElement("span");
    what.textContent = text;
    why.textContent = meaning;
    offer.append(what, why);
    return offer;
  }));
}

function move(step) {
  const offers = [...choices.children], at = offers.findIndex((offer) => offer.getAttribute("aria-selected") === "true");
  offers.forEach((offer) => offer.removeAttribute("aria-selected"));
  offers[(at + step + offers.length) % offers.length]?.setAttribute("aria-selected", "true");
}

function choose(offer) {
  line.value = `${offer.dataset.text}${/[A-Z]+\d+$/.test(offer.dataset.text) ? "" : " "}`;
  suggest();
  line.focus();
}

line.addEventListener("input", () => { fit(); suggest(); });
choices.addEventListener("mousedown", (press) => {
  press.preventDefault();
  const offer = press.target.closest("li");
  if (offer) choose(offer);
});

/* ---- handing over a post seen elsewhere ---- */

byId("forward").addEventListener("click", () => byId("forwarding").showModal());
byId("forward-form").addEventListener("submit", async (submit) => {
  if (submit.submitter?.value !== "send") return;
  const form = submit.target, post = form.post.value, origin = form.origin.value;
  const { sent } = await send("/forward", { post, origin });
  if (sent) form.reset();
});

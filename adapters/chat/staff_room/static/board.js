// The board of sources: decisions go out as commands, the board is fetched anew now and then.
"use strict";

const REFRESH_MS = 30_000;

async function refresh() {
  const answer = await fetch(location.href, { headers: { "x-part": "board" } }).catch(() => null);
  byId("lost").hidden = Boolean(answer && answer.ok);
  if (!answer || !answer.ok) return;
  byId("board").replaceWith(fragment(await answer.text()).getElementById("board"));
}

byId("main").addEventListener("click", (click) => {
  const acting = click.target.closest("button[data-act]");
  if (acting) busy(acting, async () => { if ((await send("/act", { text: acting.dataset.act })).sent) await refresh(); });
});

setInterval(refresh, REFRESH_MS);

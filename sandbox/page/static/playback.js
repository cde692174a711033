"use strict";
// Plays a run's film: play, pause, step, speed, scrub, and reset apart from them. The address says where it stands.
(function () {
  const root = document.getElementById("playback");
  const words = JSON.parse(document.getElementById("playback-words").textContent);
  const find = (name) => document.getElementById(name);
  const horizon = Number(root.dataset.horizon);
  const start = Date.parse(root.dataset.start + "T00:00:00Z");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const scrub = find("scrub");
  const play = find("play");
  const speed = find("speed");

  // How long a move is seen to take, in the watcher's seconds.
  const TRANSIT = 0.7;
  const COUNTS_EVERY = 250;
  const LISTED = 12;
  const SECONDS_A_DAY = 86400;
  // Who drags the slider passes many seconds that nobody wants to see.
  const PAUSE_BEFORE_ASKING = 60;

  const russian = document.documentElement.lang === "ru";
  const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
  const whole = new Intl.NumberFormat(document.documentElement.lang);

  let second = Number(root.dataset.at);
  let playing = false;
  let shown = 0;
  let frame = 0;
  let counted = 0;
  let asked = 0;

  const film = new window.sandboxFilm(root.dataset.film, (waiting) => root.setAttribute("aria-busy", String(waiting)));
  const stage = new window.sandboxStage(find("stage"), find("sheet"), words.marks);

  function moment(at) {
    const [day, time] = new Date(start + Math.floor(at) * 1000).toISOString().slice(0, 16).split("T");
    return (russian ? day.split("-").reverse().join(".") : day) + " " + time;
  }

  function when(at) {
    return weekday.format(new Date(start + at * 1000)) + " " + moment(at);
  }

  function draw(now) {
    const at = Math.floor(second);
    film.show(at);
    stage.draw(film, second, calm.matches ? 0 : TRANSIT * Number(speed.value));
    find("when").textContent = when(at);
    scrub.value = String(at);
    scrub.setAttribute("aria-valuetext", when(at));
    if (!playing || now - counted > COUNTS_EVERY) {
      counted = now;
      count();
    }
  }

  function count() {
    const counts = film.counts();
    for (const cell of root.querySelectorAll("[data-count]")) {
      cell.textContent = whole.format(counts[cell.dataset.count] || 0);
    }
    find("left-out").hidden = film.slice.left_out === 0;
  }

  // What is said and kept whenever the film stands still.
  function settle(told) {
    draw(performance.now());
    list();
    const address = location.pathname + "?at=" + Math.floor(second) + "&speed=" + speed.value;
    history.replaceState(null, "", address);
    find("share").href = address;
    for (const field of document.querySelectorAll("input[name=back]")) field.value = address;
    if (told) find("told").textContent = told + " " + summary();
  }

  function summary() {
    const counts = film.counts();
    const ended = Object.keys(film.ended).reduce((sum, name) => sum + film.ended[name], 0);
    const all = Object.keys(counts).reduce((sum, name) => sum + counts[name], 0);
    return words.summary
      .replace("{when}", when(Math.floor(second)))
      .replace("{standing}", whole.format(all - ended))
      .replace("{credited}", whole.format(counts.CREDITED || 0));
  }

  function list() {
    const rows = film.lastMoves(LISTED).map(([moved, payment, left, state, rail]) => {
      const row = document.createElement("tr");
      const name = "P-" + String(payment).padStart(5, "0");
      const link = document.createElement("a");
      link.href = root.dataset.payments + "/" + name;
      link.textContent = name;
      const head = document.createElement("th");
      head.scope = "row";
      head.append(link);
      const cells = [moment(moved), words.states[left] || "–", words.states[state], words.rails[film.slice.rails[rail]] || ""];
      row.append(head, ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
      return row;
    });
    find("moves").replaceChildren(...rows);
    find("moves-none").hidden = rows.length > 0;
  }

  async function go(to, told) {
    const mine = ++asked;
    second = Math.min(Math.max(to, 0), horizon);
    if (!film.holds(Math.floor(second))) {
      find("when").textContent = when(second);
      await new Promise((ready) => window.setTimeout(ready, PAUSE_BEFORE_ASKING));
      if (mine !== asked) return;
    }
    try {
      await film.reach(Math.floor(second));
    } catch (problem) {
      fail();
      return;
    }
    // Somebody may have gone elsewhere while this was fetched.
    if (mine === asked) settle(told);
  }

  function fail() {
    pause("");
    find("told").textContent = words.failed;
  }

  function tick(now) {
    if (!playing) return;
    const gone = Math.min(now - shown, 100) / 1000;
    shown = now;
    advance(gone, now);
    if (playing) frame = requestAnimationFrame(tick);
  }

  // Without motion time goes on in steps, one a second.
  function calmTick() {
    if (!playing) return;
    advance(1, performance.now());
    if (playing) frame = window.setTimeout(calmTick, 1000);
  }

  function advance(gone, now) {
    const next = Math.min(second + gone * Number(speed.value), horizon);
    if (film.holds(Math.floor(next))) {
      second = next;
      draw(now);
    } else if (root.getAttribute("aria-busy") !== "true") {
      film.reach(Math.floor(next)).catch(fail);
    }
    if (second >= horizon) pause(words.over);
  }

  function begin() {
    if (second >= horizon) {
      settle(words.over);
      return;
    }
    playing = true;
    play.textContent = words.pause;
    find("told").textContent = words.playing;
    shown = performance.now();
    if (calm.matches) calmTick();
    else frame = requestAnimationFrame(tick);
  }

  function pause(told) {
    playing = false;
    cancelAnimationFrame(frame);
    window.clearTimeout(frame);
    play.textContent = words.play;
    if (film.slice) settle(told);
  }

  async function step(forward) {
    if (playing) pause("");
    const mine = ++asked;
    let to = null;
    try {
      to = await film.neighbour(forward);
    } catch (problem) {
      fail();
      return;
    }
    if (mine !== asked) return;
    if (to === null) settle(forward ? words.over : words.first);
    else go(to, words.stepped);
  }

  play.addEventListener("click", () => (playing ? pause(words.paused) : begin()));
  find("back").addEventListener("click", () => step(false));
  find("forward").addEventListener("click", () => step(true));
  find("reset").addEventListener("click", () => {
    pause("");
    go(0, words.reset);
  });
  scrub.addEventListener("input", () => {
    if (playing) pause("");
    go(Number(scrub.value), "");
  });
  scrub.addEventListener("change", () => go(Number(scrub.value), words.at));
  speed.addEventListener("change", () => film.slice && settle(""));
  for (const link of root.querySelectorAll("a[data-at], a[data-days]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (playing) pause("");
      const days = Number(link.dataset.days || 0);
      go(days ? second + days * SECONDS_A_DAY : Number(link.dataset.at), words.at);
    });
  }
  find("stage").addEventListener("click", (event) => {
    const frameOfStage = find("stage").getBoundingClientRect();
    const payment = stage.at(event.clientX - frameOfStage.left, event.clientY - frameOfStage.top);
    if (payment !== null) location.href = root.dataset.payments + "/P-" + String(payment).padStart(5, "0");
  });
  new ResizeObserver(() => {
    stage.measure();
    if (film.slice && !playing) draw(performance.now());
  }).observe(find("stage"));

  for (const hidden of root.querySelectorAll("[data-script]")) hidden.hidden = false;
  go(second, "").then(() => (root.dataset.ready = "yes"));
})();

"use strict";
// The scenario editor: line numbers, the loader's messages at their lines, completion, and a draft that is never lost.
(function () {
  const find = (name) => document.getElementById(name);
  const words = JSON.parse(find("editor-words").textContent);
  const field = find("text");
  const form = field.form;
  const gutter = find("lines");
  const verdict = find("verdict");
  const here = find("here");
  const draft = find("draft");
  const original = field.value;

  const IDLE = 1500;
  const BETWEEN_CHECKS = 5000;
  // The server's answer that one has asked too often in a minute.
  const TOO_MANY = 429;

  const drafts = new window.sandboxDrafts(form.dataset.source, form.dataset.original === "yes" ? original : null);
  const offers = new window.sandboxOffers(field, find("offers"), find("offered"), words);

  let faults = JSON.parse(find("editor-faults").textContent);
  let hint = "";
  let lines = -1;
  let kept = true;
  let checked = original;
  let timer = 0;
  let notBefore = 0;
  let other = null;

  function lineOfCursor() {
    return field.value.slice(0, field.selectionStart).split("\n").length;
  }

  function own(fault) {
    return fault.file === "scenario.yaml";
  }

  function number() {
    const now = field.value.split("\n").length;
    if (now !== lines) {
      lines = now;
      const wrong = new Set(faults.filter(own).map((fault) => fault.line));
      const rows = [];
      for (let line = 1; line <= now; line++) {
        const row = document.createElement("span");
        row.textContent = (wrong.has(line) ? "● " : "") + line + "\n";
        if (wrong.has(line)) row.className = "wrong";
        rows.push(row);
      }
      gutter.replaceChildren(...rows);
    }
    gutter.scrollTop = field.scrollTop;
  }

  // What is to be said of the cursor's line: the loader's message there, else what is expected at the cursor.
  function tell() {
    const line = lineOfCursor();
    const there = checked === field.value ? faults.filter((fault) => own(fault) && fault.line === line) : [];
    here.textContent = there.length ? there.map((fault) => message(fault)).join(" · ") : hint;
    here.classList.toggle("wrong", there.length > 0);
  }

  function message(fault) {
    return (fault.path ? fault.path + ": " : "") + fault.message + (fault.hint ? "; " + fault.hint : "");
  }

  function place(fault) {
    return words.place.replace("{line}", fault.line).replace("{column}", fault.column);
  }

  function goTo(fault) {
    const start = field.value.split("\n").slice(0, fault.line - 1).join("\n").length + (fault.line > 1 ? 1 : 0);
    const at = Math.min(start + fault.column - 1, field.value.length);
    field.focus();
    field.setSelectionRange(at, at);
    const height = parseFloat(getComputedStyle(field).lineHeight);
    field.scrollTop = Math.max((fault.line - 4) * height, 0);
    offers.close();
    tell();
  }

  function listed() {
    const list = Object.assign(document.createElement("ul"), { className: "faults" });
    for (const fault of faults) {
      const row = document.createElement("li");
      const jump = Object.assign(document.createElement("button"), { type: "button", textContent: place(fault) });
      jump.disabled = !own(fault);
      jump.addEventListener("click", () => goTo(fault));
      const text = Object.assign(document.createElement("span"), { textContent: message(fault) });
      const code = Object.assign(document.createElement("span"), { className: "soft", textContent: " [" + fault.code + "]" });
      row.append(jump, own(fault) ? " " : " (" + fault.file + ") ", text, code);
      list.append(row);
    }
    return list;
  }

  function show(found, aloud) {
    faults = found.faults;
    const notice = Object.assign(document.createElement("div"), { className: found.valid ? "notice good" : "notice" });
    const said = found.valid ? words.fine.replace("{days}", found.days) : words.faults;
    notice.append(Object.assign(document.createElement("p"), { textContent: said }));
    if (found.valid && faults.length) notice.append(Object.assign(document.createElement("p"), { textContent: words.warnings }));
    if (faults.length) notice.append(listed());
    if (aloud) notice.setAttribute("role", found.valid ? "status" : "alert");
    verdict.replaceChildren(notice);
    lines = -1;
    number();
    tell();
  }

  function refuse(text) {
    const notice = Object.assign(document.createElement("div"), { className: "notice" });
    notice.setAttribute("role", "alert");
    notice.textContent = text;
    verdict.replaceChildren(notice);
  }

  async function check(aloud) {
    const text = field.value;
    notBefore = Date.now() + BETWEEN_CHECKS;
    let answer;
    try {
      answer = await fetch("/api/scenarios/check", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text: text }),
      });
      const found = await answer.json();
      if (text !== field.value) return;
      checked = text;
      if (answer.ok) show(found, aloud);
      else if (aloud) refuse(words.refused.replace("{message}", found.message));
      if (answer.status === TOO_MANY) notBefore = Date.now() + 60000;
    } catch (problem) {
      if (aloud) refuse(words.away);
    }
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (Date.now() < notBefore) later();
      else if (field.value !== checked && field.value.trim()) check(false);
    }, IDLE);
  }

  // One of two texts is shown, the other is a button away: neither is ever lost.
  function offerBack(text, said, button) {
    other = text;
    find("draft-said").textContent = said;
    find("draft-swap").textContent = button;
    draft.hidden = false;
  }

  function swap() {
    const shown = field.value;
    field.value = other;
    if (other === original) offerBack(shown, words.draftOriginal, words.draftRestore);
    else offerBack(original, words.draftBack, words.draftShowOriginal);
    changed();
    later();
    field.focus();
  }

  function changed() {
    number();
    tell();
  }

  field.addEventListener("input", () => {
    kept = drafts.keep(field.value);
    hint = "";
    changed();
    later();
  });
  field.addEventListener("scroll", () => (gutter.scrollTop = field.scrollTop));
  document.addEventListener("selectionchange", () => document.activeElement === field && tell());
  offers.onHint = (found) => {
    hint = (found.path ? found.path + (found.hint ? ": " : "") : "") + found.hint;
    tell();
  };
  find("draft-swap").addEventListener("click", swap);
  form.addEventListener("submit", (event) => {
    kept = drafts.keep(field.value);
    if (event.submitter && event.submitter.value === "check") {
      event.preventDefault();
      check(true);
    } else {
      kept = true;
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!kept && field.value !== original) event.preventDefault();
  });

  const before = drafts.kept();
  if (before !== null && before !== original) {
    field.value = before;
    offerBack(original, words.draftBack, words.draftShowOriginal);
    later();
  }
  if (faults.length) show({ valid: false, faults: faults, days: 0 }, true);
  for (const part of form.querySelectorAll("[data-script]")) part.hidden = false;
  new ResizeObserver(() => (gutter.style.height = field.offsetHeight + "px")).observe(field);
  number();
})();

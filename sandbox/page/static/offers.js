"use strict";
// Offers what may be written at the cursor of a text field: a list box that the field controls, by keyboard or pointer.
(function () {
  const DELAY = 120;

  class Offers {
    constructor(field, list, said, words) {
      this.field = field;
      this.list = list;
      this.said = said;
      this.words = words;
      this.options = [];
      this.active = -1;
      this.typed = 0;
      this.asked = 0;
      this.timer = 0;
      // Told what is expected where the cursor stands.
      this.onHint = () => {};
      field.setAttribute("aria-autocomplete", "list");
      field.setAttribute("aria-haspopup", "listbox");
      field.setAttribute("aria-controls", list.id);
      field.addEventListener("input", (event) => this.later(event.inputType !== "deleteContentBackward"));
      field.addEventListener("keydown", (event) => this.key(event));
      field.addEventListener("blur", () => this.close());
      field.addEventListener("scroll", () => this.close());
      field.addEventListener("click", () => this.later(false));
      field.addEventListener("keyup", (event) => {
        if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key) || this.isUpOrDown(event)) this.later(false);
      });
      list.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        const option = event.target.closest("[role=option]");
        if (option) this.take(Number(option.dataset.place));
      });
    }

    get open() {
      return !this.list.hidden;
    }

    isUpOrDown(event) {
      return !this.open && (event.key === "ArrowUp" || event.key === "ArrowDown");
    }

    key(event) {
      if (event.key === " " && event.ctrlKey) {
        event.preventDefault();
        this.ask(true, true);
      } else if (!this.open || event.ctrlKey || event.altKey || event.metaKey) {
        return;
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : this.active < 0 ? 0 : -1;
        this.mark((this.active + step + this.options.length) % this.options.length);
      } else if (event.key === "Enter" && this.active >= 0) {
        event.preventDefault();
        this.take(this.active);
      } else if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      }
    }

    later(showing) {
      this.close();
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.ask(showing, false), DELAY);
    }

    // Asks what may stand at the cursor. `wished`: somebody wants the list, whether a word has begun or not.
    async ask(showing, wished) {
      const mine = ++this.asked;
      const position = this.field.selectionStart;
      if (position !== this.field.selectionEnd) return;
      const before = this.field.value.slice(0, position);
      const line = before.split("\n").length;
      const column = position - before.lastIndexOf("\n") - 1;
      let found;
      try {
        const answer = await fetch("/api/scenarios/complete", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ text: this.field.value, line: line, column: column }),
        });
        if (!answer.ok) return;
        found = await answer.json();
      } catch (problem) {
        return;
      }
      if (mine !== this.asked || position !== this.field.selectionStart) return;
      this.onHint(found);
      if (wished || (showing && found.typed > 0)) this.show(found, line, column, wished);
    }

    show(found, line, column, wished) {
      this.options = found.options;
      this.typed = found.typed;
      if (!this.options.length) {
        this.close();
        if (wished) this.said.textContent = this.words.none;
        return;
      }
      this.list.replaceChildren(
        ...this.options.map((option, place) => {
          const row = document.createElement("li");
          row.id = this.list.id + "-" + place;
          row.dataset.place = place;
          row.setAttribute("role", "option");
          row.setAttribute("aria-selected", "false");
          const label = Object.assign(document.createElement("strong"), { textContent: option.label });
          const detail = Object.assign(document.createElement("span"), { textContent: option.detail });
          row.append(label, " ", detail);
          return row;
        })
      );
      this.list.hidden = false;
      this.put(line, column);
      this.said.textContent = this.words.offered.replace("{number}", this.options.length);
      this.active = -1;
      if (wished) this.mark(0);
    }

    // Under the word at the cursor; the field's letters are all of one width.
    put(line, column) {
      const style = getComputedStyle(this.field);
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = style.fontSize + " " + style.fontFamily;
      const height = parseFloat(style.lineHeight);
      const left = this.field.offsetLeft + parseFloat(style.paddingLeft) - this.field.scrollLeft;
      const top = this.field.offsetTop + parseFloat(style.paddingTop) - this.field.scrollTop + height * line + 4;
      const x = left + pen.measureText("0").width * (column - this.typed);
      const room = this.list.parentElement.clientWidth - this.list.offsetWidth;
      this.list.style.left = Math.max(Math.min(x, room), 0) + "px";
      this.list.style.top = top + "px";
    }

    mark(place) {
      const rows = this.list.children;
      if (this.active >= 0) rows[this.active].setAttribute("aria-selected", "false");
      this.active = place;
      rows[place].setAttribute("aria-selected", "true");
      rows[place].scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", rows[place].id);
    }

    take(place) {
      const text = this.options[place].text;
      const position = this.field.selectionStart;
      this.field.focus();
      this.field.setSelectionRange(position - this.typed, position);
      // Written as if typed, so that it can be undone like typing.
      if (!document.execCommand("insertText", false, text)) {
        this.field.setRangeText(text, position - this.typed, position, "end");
        this.field.dispatchEvent(new Event("input"));
      }
      this.close();
      window.clearTimeout(this.timer);
      this.ask(true, text.endsWith(": "));
    }

    close() {
      this.list.hidden = true;
      this.active = -1;
      this.field.removeAttribute("aria-activedescendant");
      this.said.textContent = "";
    }
  }

  window.sandboxOffers = Offers;
})();

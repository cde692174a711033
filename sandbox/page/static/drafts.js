"use strict";
// Keeps what is being written in this browser until it equals what it came from: no reload, error or wrong click loses it.
(function () {
  const PREFIX = "sandbox.draft:";

  class Drafts {
    // `source` names what the text came from; each source has a draft of its own.
    constructor(source, original) {
      this.key = PREFIX + source;
      this.original = original;
    }

    // The text kept from before, if it says something else; null for none.
    kept() {
      try {
        const text = localStorage.getItem(this.key);
        return text !== null && text !== this.original ? text : null;
      } catch (problem) {
        return null;
      }
    }

    keep(text) {
      try {
        if (text === this.original) localStorage.removeItem(this.key);
        else localStorage.setItem(this.key, text);
        return true;
      } catch (problem) {
        // A browser may forbid it or have no room: then leaving the page asks first.
        return false;
      }
    }
  }

  window.sandboxDrafts = Drafts;
})();

"use strict";
// A run's film: slices of moves from the API, and where every payment stands at any second of them.
(function () {
  const NEW = 0;
  const LOOK_BACK = 86400;

  function covers(slice, second) {
    return second >= slice.since && (second < slice.until || slice.next === null);
  }

  class Film {
    // `told` is called with true while a slice is on its way.
    constructor(address, told) {
      this.address = address;
      this.told = told;
      this.slice = null;
      this.following = null;
      this.payments = new Map();
      this.ended = {};
      this.second = -1;
      this.cursor = 0;
      this.wishes = 0;
    }

    fetchSlice(since) {
      return fetch(this.address + "?since=" + since, { headers: { Accept: "application/json" } }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      });
    }

    holds(second) {
      return this.slice !== null && covers(this.slice, second);
    }

    // Makes `second` a part of the slice in hand; a promise. Of several wishes only the last is granted.
    async reach(second) {
      if (this.holds(second)) return;
      const mine = ++this.wishes;
      this.told(true);
      try {
        const slice = await this.find(second);
        if (mine === this.wishes) this.take(slice);
      } finally {
        if (mine === this.wishes) this.told(false);
      }
    }

    async find(second) {
      const near = this.slice !== null && second >= this.slice.until ? await this.following : null;
      if (near !== null && covers(near, second)) return near;
      // A little of what went before, for whoever steps back or reads the last moves.
      const slice = await this.fetchSlice(Math.max(second - LOOK_BACK, 0));
      return covers(slice, second) ? slice : this.fetchSlice(second);
    }

    take(slice) {
      this.slice = slice;
      this.following = slice.next === null ? null : this.fetchSlice(slice.next).catch(() => null);
      this.rewind();
    }

    rewind() {
      this.payments.clear();
      this.ended = Object.assign({}, this.slice.ended);
      this.second = this.slice.since - 1;
      this.cursor = 0;
      for (const [payment, state, rail] of this.slice.standing) {
        this.payments.set(payment, { state: state, rail: rail, moved: -1e9, left: state, leftRail: rail, over: false });
      }
    }

    // Puts every payment where it stands at the end of `second`, which must be of the slice in hand.
    show(second) {
      if (second < this.second) this.rewind();
      const moves = this.slice.moves;
      while (this.cursor < moves.length && moves[this.cursor][0] <= second) this.apply(moves[this.cursor++]);
      this.second = second;
    }

    apply([moved, payment, left, state, rail]) {
      const over = this.isEnding(state);
      if (left !== NEW && this.isEnding(left)) this.ended[this.slice.states[left][0]] -= 1;
      if (over) this.ended[this.slice.states[state][0]] += 1;
      const before = this.payments.get(payment);
      const leftRail = before ? before.rail : rail;
      this.payments.set(payment, { state: state, rail: rail, moved: moved, left: left, leftRail: leftRail, over: over });
    }

    isEnding(state) {
      return this.slice.states[state][0] in this.slice.ended;
    }

    // Where a state is shown: a place of the stage, or "rail-…" for the rail's own.
    place(state, rail) {
      if (state === NEW) return "payer";
      const place = this.slice.states[state][1];
      return place === "rail" ? "rail-" + (this.slice.rails[rail] || "") : place;
    }

    counts() {
      const found = Object.assign({}, this.ended);
      for (const payment of this.payments.values()) {
        if (payment.over) continue;
        const place = this.place(payment.state, payment.rail);
        found[place] = (found[place] || 0) + 1;
      }
      return found;
    }

    lastMoves(most) {
      return this.slice.moves.slice(Math.max(this.cursor - most, 0), this.cursor).reverse();
    }

    // The second of the next move after now, or of the last one before; null where there is none. A promise.
    async neighbour(forward) {
      const moves = this.slice.moves;
      if (forward) {
        if (this.cursor < moves.length) return moves[this.cursor][0];
        if (this.slice.next === null) return null;
        await this.reach(this.slice.next);
        this.show(this.slice.since - 1);
        return this.neighbour(true);
      }
      for (let place = this.cursor - 1; place >= 0; place--) if (moves[place][0] < this.second) return moves[place][0];
      return this.slice.before;
    }
  }

  window.sandboxFilm = Film;
})();

"use strict";
// The stage: places are boxes of the page, payments are marks on a sheet above them.
(function () {
  const SIZE = 4;
  const GOLDEN = 0.6180339887;
  const PLASTIC = 0.7548776662;

  const SHAPES = {
    circle: (path, x, y, r) => {
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, 2 * Math.PI);
    },
    square: (path, x, y, r) => path.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r),
    triangle: (path, x, y, r) => polygon(path, [[x, y - 1.15 * r], [x + 1.1 * r, y + 0.8 * r], [x - 1.1 * r, y + 0.8 * r]]),
    diamond: (path, x, y, r) => polygon(path, [[x, y - 1.25 * r], [x + 1.25 * r, y], [x, y + 1.25 * r], [x - 1.25 * r, y]]),
    cross: (path, x, y, r) => {
      path.rect(x - 1.2 * r, y - 0.4 * r, 2.4 * r, 0.8 * r);
      path.rect(x - 0.4 * r, y - 1.2 * r, 0.8 * r, 2.4 * r);
    },
    bar: (path, x, y, r) => path.rect(x - 0.5 * r, y - 1.2 * r, r, 2.4 * r),
    ring: (path, x, y, r) => {
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, 2 * Math.PI);
      path.moveTo(x + 0.5 * r, y);
      path.arc(x, y, 0.5 * r, 0, 2 * Math.PI, true);
    },
  };

  function polygon(path, corners) {
    corners.forEach(([x, y], place) => (place ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
  }

  class Stage {
    constructor(root, sheet, marks) {
      this.root = root;
      this.sheet = sheet;
      // A payment that has chosen no rail yet is drawn grey.
      this.marks = marks.concat([{ colour: "#6b6b6b", shape: "ring" }]);
      this.drawn = [];
      this.measure();
    }

    measure() {
      const frame = this.root.getBoundingClientRect();
      const scale = window.devicePixelRatio || 1;
      this.sheet.width = Math.round(frame.width * scale);
      this.sheet.height = Math.round(frame.height * scale);
      this.scale = scale;
      this.boxes = {};
      for (const box of this.root.querySelectorAll("[data-place]")) {
        const room = box.querySelector(".room").getBoundingClientRect();
        this.boxes[box.dataset.place] = {
          x: room.left - frame.left + SIZE + 2,
          y: room.top - frame.top + SIZE + 2,
          width: Math.max(room.width - 2 * SIZE - 4, 1),
          height: Math.max(room.height - 2 * SIZE - 4, 1),
        };
      }
    }

    // Every payment has a spot of its own in each box, spread evenly and the same whenever it is shown.
    spot(place, payment) {
      const box = this.boxes[place] || this.boxes.payer;
      return [box.x + ((payment * GOLDEN) % 1) * box.width, box.y + ((payment * PLASTIC) % 1) * box.height];
    }

    // `transit` is how many simulated seconds a move is seen to take; 0 shows no motion at all.
    draw(film, second, transit) {
      const paths = this.marks.map(() => new Path2D());
      this.drawn = [];
      for (const [payment, is] of film.payments) {
        const age = second - is.moved;
        if (is.over && age >= transit) continue;
        const [x, y] = age < transit ? this.onTheWay(film, payment, is, age / transit) : this.rest(film, payment, is);
        const kind = is.rail >= 0 && is.rail < this.marks.length - 1 ? is.rail : this.marks.length - 1;
        SHAPES[this.marks[kind].shape](paths[kind], x, y, SIZE);
        this.drawn.push([x, y, payment]);
      }
      const pen = this.sheet.getContext("2d");
      pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      pen.clearRect(0, 0, this.sheet.width, this.sheet.height);
      pen.lineWidth = 0.75;
      pen.strokeStyle = "#ffffff";
      paths.forEach((path, kind) => {
        pen.fillStyle = this.marks[kind].colour;
        pen.fill(path);
        pen.stroke(path);
      });
    }

    rest(film, payment, is) {
      return this.spot(film.place(is.state, is.rail), payment);
    }

    onTheWay(film, payment, is, part) {
      const from = film.place(is.left, is.leftRail);
      const to = film.place(is.state, is.rail);
      const stops = [this.spot(from, payment)];
      // Whoever leaves for the far side goes over its rail, even when the rail takes no time.
      const rail = is.rail >= 0 ? "rail-" + film.slice.rails[is.rail] : "";
      const far = to === "payee" || to === "CREDITED";
      if (far && from !== "payee" && from.indexOf("rail-") !== 0 && rail in this.boxes) stops.push(this.spot(rail, payment));
      stops.push(this.spot(to, payment));
      const along = easing(part) * (stops.length - 1);
      const leg = Math.min(Math.floor(along), stops.length - 2);
      const [a, b] = [stops[leg], stops[leg + 1]];
      return [a[0] + (b[0] - a[0]) * (along - leg), a[1] + (b[1] - a[1]) * (along - leg)];
    }

    // The payment whose mark lies at a point of the stage; null for none.
    at(x, y) {
      let nearest = null;
      let distance = 12;
      for (const [left, top, payment] of this.drawn) {
        const off = Math.hypot(left - x, top - y);
        if (off < distance) [nearest, distance] = [payment, off];
      }
      return nearest;
    }
  }

  function easing(part) {
    return part * part * (3 - 2 * part);
  }

  window.sandboxStage = Stage;
})();

"use strict";
// Shows how a job goes on, and its result when it is there. Without scripts the page says the same when opened again.
(function () {
  var live = document.getElementById("live");
  var bar = document.getElementById("bar");
  var words = document.getElementById("words");
  var isRun = live.dataset.job.indexOf("/runs/") >= 0;
  var spoken = "";
  var SECONDS_A_DAY = 86400;

  function unit(value) {
    return isRun ? Math.floor(value / SECONDS_A_DAY) : value;
  }

  function told(job) {
    if (job.progress) {
      if (job.progress.done >= job.progress.of) return live.dataset.finishing;
      return live.dataset.days
        .replace("{done}", unit(job.progress.done))
        .replace("{of}", unit(job.progress.of))
        .replace("{count}", job.progress.count);
    }
    if (job.before !== null) return live.dataset.before.replace("{before}", job.before);
    return live.dataset.starting;
  }

  function show(job) {
    if (job.ended) {
      window.location.reload();
      return;
    }
    if (job.progress) {
      bar.max = job.progress.of;
      bar.value = job.progress.done;
    }
    var text = told(job);
    if (text !== spoken) {
      spoken = text;
      words.textContent = text;
    }
    window.setTimeout(ask, 700);
  }

  function ask() {
    fetch(live.dataset.job, { headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(show)
      .catch(function () {
        window.setTimeout(ask, 3000);
      });
  }

  ask();
})();

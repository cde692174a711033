"use strict";
(function () {
  var config = { displayModeBar: false, responsive: true, staticPlot: false };
  var charts = document.querySelectorAll("[data-figure]");
  charts.forEach(function (place) {
    var source = document.getElementById(place.getAttribute("data-figure"));
    var figure = JSON.parse(source.textContent);
    Plotly.newPlot(place, figure.data, figure.layout, config);
  });
  // Paper has no tooltips and another width: draw anew for it, and back.
  function resize(width) {
    charts.forEach(function (place) {
      Plotly.relayout(place, width ? { width: width, autosize: false } : { width: null, autosize: true });
    });
  }
  window.addEventListener("beforeprint", function () { resize(660); });
  window.addEventListener("afterprint", function () { resize(0); });
})();

"use strict";
(function () {
  var config = { displayModeBar: false, responsive: true };
  var charts = document.querySelectorAll("[data-figure]");
  // Each drawing starts afresh: a drawing that is only resized is still moving when the printer takes it.
  function draw(width) {
    charts.forEach(function (place) {
      var figure = JSON.parse(document.getElementById(place.getAttribute("data-figure")).textContent);
      if (width) {
        figure.layout.width = place.closest(".spread") ? 2 * width : width;
        figure.layout.height = Math.round(figure.layout.height * 0.8);
      }
      Plotly.newPlot(place, figure.data, figure.layout, config);
    });
  }
  draw(0);
  window.addEventListener("beforeprint", function () { draw(Number(document.body.dataset.print || 480)); });
  window.addEventListener("afterprint", function () { draw(0); });
})();

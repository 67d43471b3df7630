/* Draws the figures of the page; nothing is fetched. */
(function () {
  "use strict";
  const stored = JSON.parse(document.getElementById("figures").textContent);
  const small = window.matchMedia("screen and (max-width:720px)");
  let printing = false;
  let drawnFor = 0;

  /* Long arrays are kept once and named by {"$": name} wherever a figure uses them. */
  function revived(value) {
    if (Array.isArray(value)) return value.map(revived);
    if (value === null || typeof value !== "object") return value;
    if ("$" in value) return stored.arrays[value.$];
    const copy = {};
    for (const key of Object.keys(value)) copy[key] = revived(value[key]);
    return copy;
  }

  function draw(element) {
    const narrow = small.matches && !printing;
    const figure = revived(stored.figures[element.dataset.figure][narrow ? "narrow" : "wide"]);
    const width = printing ? Number(element.dataset.printWidth) : element.clientWidth;
    figure.layout.width = width;
    element.style.minHeight = figure.layout.height + "px";
    return window.Plotly.newPlot(element, figure.data, figure.layout, stored.config);
  }

  function drawAll() {
    drawnFor = document.documentElement.clientWidth;
    const all = Array.from(document.querySelectorAll("[data-figure]"), draw);
    return Promise.all(all).then(function () { document.documentElement.dataset.drawn = "yes"; });
  }

  /* A control that changes the data changes the heading and the table beside the map, too. */
  function choose(radio) {
    for (const table of document.querySelectorAll("[data-candidate]")) {
      table.hidden = table.dataset.candidate !== radio.value;
    }
    const map = document.getElementById("difference-map");
    map.dataset.figure = radio.value;
    map.setAttribute("aria-label", radio.dataset.finding);
    document.getElementById("difference-finding").textContent = radio.dataset.finding;
    draw(map);
  }

  for (const radio of document.querySelectorAll("input[name=candidate]")) {
    radio.addEventListener("change", function () { choose(radio); });
  }

  let waiting = 0;
  window.addEventListener("resize", function () {
    if (printing) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () {
      if (!printing && document.documentElement.clientWidth !== drawnFor) drawAll();
    }, 150);
  });
  window.addEventListener("beforeprint", function () { printing = true; drawAll(); });
  window.addEventListener("afterprint", function () { printing = false; drawAll(); });

  drawAll();
}());

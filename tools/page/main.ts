/**
 * The script of a report's page: the first chart at once, the others as they come into view.
 *
 * @module
 */
import { Chart } from "./chart.ts";
import { data } from "./data.ts";

const charts = new Map<Element, Chart>();
for (const chart of data.charts) {
  const figure = document.getElementById(chart.id);
  if (figure) charts.set(figure, new Chart(chart, figure));
}
const [first, ...others] = charts;
first?.[1].draw();

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    charts.get(target)?.draw();
  }
}, { rootMargin: "200px" });
for (const [figure] of others) observer.observe(figure);

// Paper shows all of them.
addEventListener("beforeprint", () => charts.forEach((chart) => chart.draw()));
matchMedia("(prefers-color-scheme: dark)").addEventListener(
  "change",
  () => charts.forEach((chart) => chart.redraw()),
);

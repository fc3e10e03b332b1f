// Keeps the sale up to date as it happens: one stream of server-sent events. The first state is in the page itself.
"use strict";

const sale = document.getElementById("sale");
const { sku, availability, opensInMs } = sale.dataset;
const place = (id) => document.getElementById(id);
const show = (id, text) => { if (place(id)) place(id).textContent = text; };

// When the sale opens by this page's own steady clock: the wall clock of a phone may be wrong.
const opening = (ms) => (ms === null ? null : performance.now() + ms);
let opensAt = opening(opensInMs ? Number(opensInMs) : null);
let band = availability;

const words = { in_stock: "in stock", low: "few left", sold_out: "sold out" };

function tick() {
  const countdown = place("countdown");
  if (!countdown) return;
  const left = opensAt === null ? 0 : Math.max(0, opensAt - performance.now());
  const isOpen = left === 0 && band !== "sold_out";
  countdown.classList.toggle("open", isOpen);
  if (left > 0) {
    const seconds = Math.ceil(left / 1000);
    const pad = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
    countdown.textContent = hours > 0 ? `${hours}:${rest}` : rest;
    show("when", `until it opens at ${new Date(Date.now() + left).toLocaleTimeString()}`);
  } else {
    countdown.textContent = isOpen ? "open" : "sold out";
    show("when", sku);
  }
}

// Orders a second over the last minute, one point each second.
const rates = [];
let rate = 0;
function draw() {
  rates.push(rate);
  if (rates.length > 60) rates.shift();
  const top = Math.max(1, ...rates);
  const points = rates.map((value, index) => `${60 - rates.length + index},${(19 - (value / top) * 18).toFixed(2)}`);
  place("spark").setAttribute("points", points.join(" "));
  place("spark").parentElement.toggleAttribute("hidden", rates.every((value) => value === 0));
}

const topics = sku ? `stock:${sku},orders` : "orders";
const events = new EventSource(`/api/v1/events?topics=${encodeURIComponent(topics)}`);
show("connection", "connecting");
events.addEventListener("open", () => show("connection", "live"));
events.addEventListener("error", () => show("connection", "connection lost, trying again"));
events.addEventListener("stock", (event) => {
  const stock = JSON.parse(event.data);
  band = stock.availability;
  opensAt = opening(stock.opens_in_ms);
  show("stock", stock.available === undefined ? words[band] : String(stock.available));
  tick();
});
events.addEventListener("orders", (event) => {
  const orders = JSON.parse(event.data);
  rate = orders.per_second;
  show("rate", rate.toLocaleString());
  show("placed", orders.placed.toLocaleString());
});
tick();
setInterval(tick, 200);
setInterval(draw, 1000);

// Shows the sale as it happens. Everything it knows comes over one stream of server-sent events.
"use strict";

const sale = document.getElementById("sale");
const sku = sale.dataset.sku;
const show = (id, text) => { const place = document.getElementById(id); if (place) place.textContent = text; };

// When the sale opens by this page's own steady clock: the wall clock of a phone may be wrong.
let opensAt = null;
let stock = null;

const words = { in_stock: "in stock", low: "few left", sold_out: "sold out" };

function tick() {
  const countdown = document.getElementById("countdown");
  if (!countdown || stock === null) return;
  const left = opensAt === null ? 0 : Math.max(0, opensAt - performance.now());
  countdown.classList.toggle("open", left === 0 && stock.availability !== "sold_out");
  if (left > 0) {
    const seconds = Math.ceil(left / 1000);
    const pad = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
    countdown.textContent = hours > 0 ? `${hours}:${rest}` : rest;
  } else {
    countdown.textContent = stock.availability === "sold_out" ? "sold out" : "open";
  }
}

const topics = sku ? `stock:${sku},orders` : "orders";
const events = new EventSource(`/api/v1/events?topics=${encodeURIComponent(topics)}`);
events.addEventListener("open", () => show("connection", "live"));
events.addEventListener("error", () => show("connection", "connection lost, trying again"));
events.addEventListener("stock", (event) => {
  stock = JSON.parse(event.data);
  opensAt = stock.opens_in_ms === null ? null : performance.now() + stock.opens_in_ms;
  show("stock", stock.available === undefined ? words[stock.availability] : String(stock.available));
  tick();
});
events.addEventListener("orders", (event) => {
  const orders = JSON.parse(event.data);
  show("rate", orders.per_second.toLocaleString());
  show("placed", orders.placed.toLocaleString());
});
setInterval(tick, 200);

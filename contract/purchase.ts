// A purchase by a stranger who has nothing but the API description: the types in schema.d.ts are generated from it, so that
// this compiles only if the description says what a client needs to know.
//   node purchase.js http://127.0.0.1:8080
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.d.ts";

declare const process: { argv: string[] };

type Product = components["schemas"]["Product"];

const shop = createClient<paths>({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8080" });

/** What was asked for, or the end of this program with what the shop said. */
function answered<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

/** A shirt of which a variant can be bought: what a sale is about may not be open yet. */
async function somethingToBuy(): Promise<Product> {
  const listing = answered(await shop.GET("/api/v1/products", { params: { query: { q: "shirt", availability: "in_stock", limit: 5 } } }));
  const card = listing.data[0];
  if (card === undefined) throw new Error("the shop has nothing to sell");
  return answered(await shop.GET("/api/v1/products/{slug}", { params: { path: { slug: card.slug } } }));
}

const session = answered(await shop.POST("/api/v1/session"));
const headers = { Authorization: `Bearer ${session.token}` };

const product = await somethingToBuy();
const variant = product.variants.find((variant) => variant.availability === "in_stock");
if (variant === undefined) throw new Error(`nothing of ${product.slug} is there`);

const basket = {
  items: [{ sku: variant.sku, quantity: 1 }],
  contact: { email: "ann@example.com" },
  address: { name: "Ann", line1: "12 MG Road", city: "Bengaluru", postal_code: "560001", country: "IN" },
  shipping_method: "standard",
  payment_method: "cash_on_delivery",
};
const quote = answered(await shop.POST("/api/v1/checkout/quote", { headers, body: basket }));

const key = crypto.randomUUID();
const buy = (expected_total: components["schemas"]["Money"]) =>
  shop.POST("/api/v1/checkout", {
    headers,
    params: { header: { "Idempotency-Key": key } },
    body: { ...basket, quote_id: quote.quote_id, expected_total },
  });

// A refusal is known by its `code`, and has the members of that code.
const refused = await buy({ ...quote.totals.grand, amount: quote.totals.grand.amount + 1 });
if (refused.error?.code !== "price_changed") throw new Error(`expected price_changed, got ${JSON.stringify(refused)}`);
const current = refused.error.current_total;
if (current?.amount !== quote.totals.grand.amount) throw new Error("the shop disagrees with its own quote");

const order = answered(await buy(quote.totals.grand));
const again = answered(await buy(quote.totals.grand));
if (again.order_no !== order.order_no) throw new Error("a repetition made another order");

const found = answered(
  await shop.GET("/api/v1/orders/{order_no}", { headers, params: { path: { order_no: order.order_no } } }),
);
console.log(`${found.order_no}: ${found.lines[0]?.quantity} of ${found.lines[0]?.sku}, ${found.status}`);

// Reads the API description and makes a page of it on which each operation can be tried.
"use strict";

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const field = (id) => document.getElementById(id);
let description;

function resolve(schema) {
  if (schema && schema.$ref) {
    return resolve(schema.$ref.slice(2).split("/").reduce((place, step) => place && place[step.replaceAll("~1", "/")], description));
  }
  return schema;
}

// Something that has the schema's shape, for a body to begin with.
function example(schema, depth = 0) {
  schema = resolve(schema);
  if (!schema || depth > 6) return null;
  if (schema.example !== undefined) return schema.example;
  if (schema.examples) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  const choice = schema.oneOf || schema.anyOf || schema.allOf;
  if (choice) return example(choice.find((one) => resolve(one).type !== "null") || choice[0], depth + 1);
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (type === "object" || schema.properties) {
    const required = schema.required || [];
    const shown = Object.entries(schema.properties || {}).filter(([name]) => required.includes(name) || depth === 0);
    return Object.fromEntries(shown.map(([name, inner]) => [name, example(inner, depth + 1)]));
  }
  if (type === "array") return [example(schema.items, depth + 1)];
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return true;
  return schema.format === "date-time" ? new Date().toISOString() : "";
}

// One line a field: name, type, limits, what it means.
function outline(schema, indent = "", depth = 0) {
  schema = resolve(schema);
  if (!schema || depth > 4) return "";
  const choice = schema.oneOf || schema.anyOf || schema.allOf;
  if (choice && !schema.properties) return outline(choice.find((one) => resolve(one).type !== "null") || choice[0], indent, depth);
  if (schema.items) return outline(schema.items, indent, depth);
  const required = schema.required || [];
  return Object.entries(schema.properties || {}).map(([name, reference]) => {
    const inner = resolve(reference) || {};
    const type = [].concat(inner.type || (inner.oneOf ? "object" : "any")).join(" or ");
    const limits = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"]
      .filter((limit) => inner[limit] !== undefined).map((limit) => `${limit} ${inner[limit]}`).join(", ");
    const text = (reference.description || inner.description || "").split("\n")[0];
    const line = `${indent}${name}${required.includes(name) ? "" : "?"}: ${type}${limits ? ` (${limits})` : ""}${text ? `  ${text}` : ""}\n`;
    return line + outline(reference, `${indent}  `, depth + 1);
  }).join("");
}

function operation(path, verb, about) {
  const method = verb.toUpperCase();
  const inputs = (about.parameters || []).map((parameter) => {
    const input = make("input", { placeholder: String((resolve(parameter.schema) || {}).example ?? parameter.example ?? ""), autocomplete: "off" });
    if (parameter.in === "header" && parameter.name === "Idempotency-Key" && parameter.required) input.value = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    const title = `${parameter.name}${parameter.required ? "" : " (optional)"}${parameter.description ? `: ${parameter.description}` : ""}`;
    return { parameter, input, label: make("label", {}, title, input) };
  });
  const content = about.requestBody && resolve(about.requestBody).content["application/json"];
  const body = content ? make("textarea", { spellcheck: false, value: JSON.stringify(content.example ?? example(content.schema), null, 2) }) : null;
  const result = make("pre", { hidden: true });
  const send = make("button", { type: "button", textContent: "Send" });
  send.addEventListener("click", () => tryIt(path, method, about, inputs, body, result));
  const success = Object.entries(about.responses).find(([status]) => status.startsWith("2"));
  const answer = success && resolve(success[1]).content && Object.values(resolve(success[1]).content)[0];
  const shape = answer && answer.schema ? outline(answer.schema) : "";
  const text = (about.description || "").replace(about.summary || "", "").trim();
  return make("details", { className: "operation" },
    make("summary", {}, make("b", { className: method, textContent: method }), make("code", { textContent: path }), " ", make("span", { textContent: about.summary || "" })),
    make("div", { className: "inside" },
      text ? make("p", { textContent: text }) : null,
      make("div", { className: "fields" }, ...inputs.map(({ label }) => label)),
      content ? make("pre", { textContent: outline(content.schema) }) : null,
      body ? make("label", {}, "Body", body) : null,
      make("p", {}, send), result,
      shape ? make("details", {}, make("summary", { textContent: `What ${success[0]} answers` }), make("pre", { textContent: shape })) : null));
}

async function tryIt(path, method, about, inputs, body, result) {
  const headers = {};
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, input } of inputs) {
    const value = input.value.trim();
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value && parameter.in === "query") query.set(parameter.name, value);
    else if (value && parameter.in === "header") headers[parameter.name] = value;
  }
  // The first of the ways in for which something is there to show.
  const ways = (about.security || []).flatMap((one) => Object.keys(one)).map(field);
  const shown = ways.find((input) => input && input.value.trim());
  if (shown) headers.Authorization = `Bearer ${shown.value.trim()}`;
  if (body && body.value.trim()) headers["Content-Type"] = "application/json";
  if (query.size) target += `?${query}`;
  result.hidden = false;
  result.textContent = "…";
  try {
    const answer = await fetch(target, { method, headers, body: body && body.value.trim() ? body.value : undefined, credentials: "omit" });
    const kept = ["etag", "location", "idempotent-replayed", "retry-after", "link", "x-request-id"];
    const shown = kept.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}\n`).join("");
    const head = `${answer.status}\n${shown}\n`;
    if ((answer.headers.get("content-type") || "").startsWith("text/event-stream")) {
      await listen(answer, result, head);
      return;
    }
    const text = await answer.text();
    let pretty = text;
    try { pretty = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it is */ }
    result.textContent = head + pretty;
  } catch (error) {
    result.textContent = String(error);
  }
}

// A stream has no end: its first half minute is shown.
async function listen(answer, result, head) {
  const reader = answer.body.getReader();
  setTimeout(() => reader.cancel(), 30000);
  result.textContent = head;
  const decoder = new TextDecoder();
  for (let part = await reader.read(); !part.done; part = await reader.read()) result.textContent += decoder.decode(part.value);
}

async function begin() {
  const answer = await fetch("/api/v1/session", { method: "POST" });
  if (answer.ok) field("guest").value = (await answer.json()).token;
}

function find() {
  const wanted = field("find").value.trim().toLowerCase();
  for (const one of document.querySelectorAll("details.operation")) one.hidden = !one.firstChild.textContent.toLowerCase().includes(wanted);
  for (const group of document.querySelectorAll(".group")) group.hidden = ![...group.querySelectorAll("details.operation")].some((one) => !one.hidden);
}

async function start() {
  description = await (await fetch("/api/v1/openapi.json")).json();
  field("introduction").textContent = `${description.info.description} Version ${description.info.version}.`;
  const groups = new Map();
  for (const [path, verbs] of Object.entries(description.paths)) {
    for (const [verb, about] of Object.entries(verbs)) {
      const tag = (about.tags || ["other"])[0];
      groups.set(tag, [...(groups.get(tag) || []), operation(path, verb, about)]);
    }
  }
  const order = description.tags.map((tag) => tag.name);
  const rank = (tag) => (order.includes(tag) ? order.indexOf(tag) : order.length);
  const sorted = [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
  field("operations").append(...sorted.map(([tag, all]) => make("section", { className: "group" }, make("h2", { textContent: tag }), ...all)));
}

field("begin").addEventListener("click", begin);
field("find").addEventListener("input", find);
start().catch((error) => { field("introduction").textContent = String(error); });

// What others expect of an OpenAPI document: the recommended rules of Redocly, whose linter the client generator brings along.
// Our own rules are tests of the API (web/tests/api/contract).
//   node lint.mjs PACKAGES openapi.json        PACKAGES: the folder in which package.json was installed
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [packages, file] = process.argv.slice(2);
const require = createRequire(resolve(packages, "package.json"));
const { createConfig, lintFromString } = require(resolve(packages, "node_modules/@redocly/openapi-core"));

const rules = {
  // What cannot be read has no other answer than 5xx: pages for operators.
  "operation-4xx-response": "off",
  // The sort of thing is in our own words: 304 and 2xx are both what was asked for.
  "operation-2xx-response": "off",
};
const config = await createConfig({ extends: ["recommended"], rules });
const problems = await lintFromString({ source: await readFile(file, "utf8"), absoluteRef: "openapi.json", config });
for (const { ruleId, severity, message, location } of problems) {
  console.error(`${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ""})`);
}
if (problems.length > 0) process.exit(1);
console.log("The API description keeps the rules of others.");

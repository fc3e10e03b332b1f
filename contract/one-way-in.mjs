// The description as the attacker reads it: of several ways in, each operation has one, and nobody signs themselves out or is erased.
//   node one-way-in.mjs openapi.json >attacked.json
import { readFile } from "node:fs/promises";

const description = JSON.parse(await readFile(process.argv[2], "utf8"));
description.components.securitySchemes.seller = description.components.securitySchemes.account;
const operations = Object.entries(description.paths).flatMap(([path, verbs]) =>
  Object.values(verbs).map((operation) => [path, operation]),
);
for (const [path, operation] of operations) {
  const ways = operation.security ?? [];
  const key = ways.find((way) => way.key);
  if (key) operation.security = [key];
  // The admin is no seller, and would be told nothing but that.
  if (path.startsWith("/api/v1/seller/")) operation.security = [{ seller: [] }];
  // Who is signed out, or gone, has nothing more to show. That this is what they are, the tests of the API see.
  if (["auth_logout", "me_erase", "me_sessions_end"].includes(operation.operationId)) operation.security = [];
  for (const response of Object.values(operation.responses)) delete response.links?.me_sessions_end;
}
process.stdout.write(JSON.stringify(description));

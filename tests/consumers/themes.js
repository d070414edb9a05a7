// Prints what the modules theme.ts of folders export, as JSON: themes.js FOLDER...  Node itself leaves out the types.
import { pathToFileURL } from "node:url";

const found = [];
for (const folder of process.argv.slice(2)) {
  found.push(await import(new URL("theme.ts", `${pathToFileURL(folder)}/`)));
}
console.log(JSON.stringify(found));

// Reads style sheets strictly and prints what is wrong in each: lightningcss.js FILE...
// A sheet that cannot be parsed, a declaration whose value does not fit its property.
import { readFile } from "node:fs/promises";

import { transform } from "lightningcss";

const found = {};
for (const file of process.argv.slice(2)) {
  const faults = [];
  try {
    transform({
      filename: file,
      code: await readFile(file),
      customAtRules: {},
      visitor: {
        Declaration: (declaration) => {
          if (declaration.property === "unparsed") faults.push(`unparsed ${declaration.value.propertyId.property}`);
          if (declaration.property === "custom" && !declaration.value.name.startsWith("--")) faults.push(declaration.value.name);
        },
      },
    });
  } catch (error) {
    faults.push(`${error.loc?.line}: ${error.message}`);
  }
  found[file] = faults;
}
console.log(JSON.stringify(found));

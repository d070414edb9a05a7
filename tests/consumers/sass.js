// Prints, for each folder, what Sass reads in its tokens.scss: sass.js FOLDER...
// [{records: [[mode or "", group, name, value], ...], css: that of use.scss}, ...]
import { existsSync } from "node:fs";

import * as sass from "sass";

const READ = `
@use "sass:map";
@use "sass:meta";
@use "tokens";

@each $group, $members in tokens.$tokens {
  @each $name, $value in $members {
    $_: record("", $group, $name, $value);
  }
}
@if map.has-key(meta.module-variables("tokens"), "modes") {
  @each $mode, $groups in map.get(meta.module-variables("tokens"), "modes") {
    @each $group, $members in $groups {
      @each $name, $value in $members {
        $_: record($mode, $group, $name, $value);
      }
    }
  }
}
`;

const found = process.argv.slice(2).map((folder) => {
  const records = [];
  const functions = {
    "record($mode, $group, $name, $value)": ([mode, group, name, value]) => {
      records.push([mode.text, group.text, name.text, value.toString()]);
      return sass.sassNull;
    },
  };
  sass.compileString(READ, { loadPaths: [folder], functions });
  const use = `${folder}/use.scss`;
  return { records, css: existsSync(use) ? sass.compile(use).css : "" };
});
console.log(JSON.stringify(found));

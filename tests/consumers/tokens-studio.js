// Builds CSS from one file of Tokens Studio, for each of its themes: tokens-studio.js FOLDER
import { readFile } from "node:fs/promises";

import { permutateThemes, register } from "@tokens-studio/sd-transforms";
import StyleDictionary from "style-dictionary";

register(StyleDictionary, { excludeParentKeys: true });

const folder = process.argv[2];
const { $themes, $metadata, ...sets } = JSON.parse(await readFile(`${folder}/tokens-studio.json`, "utf8"));
const themes = $themes.length ? permutateThemes($themes) : { default: Object.keys(sets) };

for (const [theme, names] of Object.entries(themes)) {
  const dictionary = new StyleDictionary({
    tokens: Object.fromEntries($metadata.tokenSetOrder.filter((name) => names.includes(name)).map((name) => [name, sets[name]])),
    preprocessors: ["tokens-studio"],
    expand: { typesMap: true },
    log: { warnings: "warn", verbosity: "verbose" },
    platforms: {
      css: {
        transformGroup: "tokens-studio",
        transforms: ["name/kebab"],
        buildPath: `${folder}/tokens-studio/`,
        files: [{ destination: `${theme}.css`, format: "css/variables" }],
      },
    },
  });
  await dictionary.buildAllPlatforms();
}

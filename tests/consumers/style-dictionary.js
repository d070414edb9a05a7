// Builds CSS from token files: style-dictionary.js OUT FILE...
import StyleDictionary from "style-dictionary";

const [out, ...source] = process.argv.slice(2);
const dictionary = new StyleDictionary({
  source,
  log: { warnings: "warn", verbosity: "verbose" },
  platforms: {
    css: {
      transformGroup: "css",
      buildPath: `${out}/`,
      files: [{ destination: "tokens.css", format: "css/variables", options: { outputReferences: true } }],
    },
  },
});
await dictionary.buildAllPlatforms();

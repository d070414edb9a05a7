// Builds CSS from the file that TOKENS names, into its folder; with MODES, from a resolver document, each mode by itself.
import { pathToFileURL } from "node:url";

import { defineConfig } from "@terrazzo/cli";
import css from "@terrazzo/plugin-css";

const file = pathToFileURL(process.env.TOKENS);
const modes = (process.env.MODES ?? "").split(" ").filter(Boolean);
const permutations = modes.map((mode) => ({
  input: { mode },
  prepare: (contents) => `[data-mode="${mode}"] {\n  ${contents}\n}`,
}));

export default defineConfig({
  tokens: [file.href],
  outDir: new URL("terrazzo/", file).href,
  plugins: [css({ filename: "tokens.css", legacyHex: true, ...(modes.length ? { permutations } : {}) })],
});

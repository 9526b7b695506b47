// What all bundles of this package have in common: the options of esbuild, but for what goes in and what comes out.
import path from "node:path";

export function nodeBundle(root) {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // What axios itself has in the place of form-data for platforms that bring a FormData of their own, as Node.js does.
    alias: { "form-data": path.join(root, "node_modules/axios/lib/helpers/null.js") },
    // Colours for the logs of `debug`, which asks for this package and goes on without it.
    external: ["supports-color"],
    plugins: [withoutLanguages],
    logLevel: "warning",
  };
}

/** zod's messages in English alone, which it uses unless it is told otherwise: the other languages are 270 kB. */
const withoutLanguages = {
  name: "without-languages",
  setup({ onResolve }) {
    onResolve({ filter: /\/locales\/index\.c?js$/ }, ({ importer, resolveDir, path: index }) =>
      /node_modules[/\\]zod[/\\]/.test(importer)
        ? { path: path.resolve(resolveDir, index.replace("/index.", "/en.")) }
        : undefined,
    );
  },
};

// What all bundles of this package have in common: the options of esbuild, but for what goes in and what comes out.
import path from "node:path";

export function nodeBundle(root) {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // axios's own replacement of form-data for platforms that have FormData, as Node.js does.
    alias: { "form-data": path.join(root, "node_modules/axios/lib/helpers/null.js") },
    // Colours for the logs of `debug`, which works without this optional package.
    external: ["supports-color"],
    plugins: [withoutLanguages],
    logLevel: "warning",
  };
}

/** Keeps only zod's English messages, its default: the other languages are 270 kB. */
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

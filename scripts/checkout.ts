// Where the checkout is, for files that run compiled, in dist/scripts, and also as the tests load them.
import path from "node:path";

export const checkout = path.resolve(__dirname, path.basename(path.dirname(__dirname)) === "dist" ? "../.." : "..");

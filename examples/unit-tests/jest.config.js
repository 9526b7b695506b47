// TypeScript is compiled as it is loaded.
const swc = { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } };

module.exports = { transform: { "\\.ts$": ["@swc/jest", swc] } };

// The only import of zod. A build puts zod into this file's output (scripts/bundle.mjs), without its messages in other languages:
// they are 60 files, and loading them takes two thirds of the time that zod does, in each process of a run.
export { type ZodType, z } from "zod";

// The program of one account as Pulumi's own command runs it: for the Pulumi Kubernetes Operator, or to look at one stack by hand.
// `fleet` runs program.ts itself.
import * as pulumi from "@pulumi/pulumi";
import { program } from "./program";
import type { Target } from "./targets";

export = () => program(new pulumi.Config().requireObject<Pick<Target, "role" | "regions">>("target"));

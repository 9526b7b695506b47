// The pack: Pulumi starts this file, and it serves the rules.

import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("evs-default-encryption", { enforcementLevel: "mandatory", policies: rules });

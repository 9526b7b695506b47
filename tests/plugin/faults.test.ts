// The stories of tests/faults.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../faults.test");

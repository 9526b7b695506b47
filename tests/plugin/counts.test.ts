// The stories of tests/counts.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../counts.test");

// The stories of tests/baseline.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../baseline.test");

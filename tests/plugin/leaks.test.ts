// The stories of tests/leaks.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../leaks.test");

// The stories of tests/functions.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../functions.test");

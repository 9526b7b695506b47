// The stories of tests/ownership.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../ownership.test");

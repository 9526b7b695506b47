// The stories of tests/hostile/engine.test.ts, through the plugin.
import { through } from "../harness/front";

through("plugin");
require("../hostile/engine.test");

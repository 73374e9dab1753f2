// Loaded when it is needed, and its style with it, as bundlers do.
import { show } from "/assets/vendor-9a2b.js";

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = "/assets/about-1b2c.css";
document.head.append(style);

export function view(main) {
  show(main.id, "about");
}

// What a bundler makes of an application whose base is "/": each address begins with a slash.
import { show } from "/assets/vendor-9a2b.js";

async function route() {
  // A router that compared the whole path would have to be told the prefix.
  const name = location.pathname.split("/").pop();
  const main = document.getElementById("main");
  if (name === "about") {
    const about = await import("/assets/about-e5f6.js");
    about.view(main);
  } else {
    main.textContent = "home";
  }
}

for (const link of document.querySelectorAll("[data-link]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState({}, "", link.getAttribute("href"));
    route();
  });
}
addEventListener("popstate", route);

async function talk() {
  const greeting = await fetch("/api/greeting");
  show("fetch", await greeting.text());
  const echoed = await fetch("/api/echo", { method: "POST", body: "x".repeat(100000) });
  show("post", (await echoed.text()).length);
  const worker = new Worker("/assets/worker-7f8a.js");
  worker.onmessage = (event) => show("worker", event.data);
}

function connect(path) {
  const socket = new WebSocket("ws" + location.origin.slice(4) + path);
  socket.onopen = () => socket.send("hello");
  socket.onmessage = (event) => show(path.slice(1), event.data);
  socket.onerror = () => show(path.slice(1), "failed");
}

window.application = { talk, connect };
route();
talk();

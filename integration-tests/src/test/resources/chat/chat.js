// Its addresses are relative: it works wherever it is put.
const show = (id, text) => (document.getElementById(id).textContent = text);
const socket = new WebSocket(new URL("ws-app", location.href.replace(/^http/, "ws")));
socket.binaryType = "arraybuffer";
const large = new Uint8Array(200000).map((_, i) => i % 251);
socket.onopen = () => socket.send("hello \u00e4\u4e16");
socket.onmessage = (event) => {
  if (typeof event.data === "string") {
    show("text", event.data);
    socket.send(large);
  } else {
    const got = new Uint8Array(event.data);
    show("binary", got.length === large.length && got.every((x, i) => x === large[i]));
    socket.send("close");
  }
};
socket.onclose = (event) => show("close", event.code + " " + event.reason + " " + event.wasClean);

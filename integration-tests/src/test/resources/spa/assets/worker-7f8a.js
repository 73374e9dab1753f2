// In a thread of its own, it asks for itself.
fetch("/api/greeting").then(async (greeting) => postMessage(await greeting.text()));

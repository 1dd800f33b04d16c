// The portal's page as a whole: reconnecting at once, and the place on a page one comes back to.
(() => {
  function connect() {
    const socket = window.socket;
    if (!socket) return;
    // What was missed is sent again from here on; else the server would ask for a reload.
    socket.io.opts.query.next_message_id = window.nextMessageId;
    socket.disconnect().connect();
  }

  // The network is back, or the phone was woken: ask whether anybody still listens instead of waiting for a time-out.
  function wake() {
    const socket = window.socket;
    if (!socket || !window.did_handshake) return;
    if (!socket.connected) return connect();
    const known = { client_id: window.clientId, next_message_id: window.nextMessageId };
    socket.timeout(1500).emit("ack", known, (silent) => silent && connect());
  }
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  addEventListener("pageshow", (event) => event.persisted && wake());

  // The language link has to know where it was tapped.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-language]");
    if (link) link.search = "?at=" + encodeURIComponent(location.pathname);
  }, true);

  // ui.sub_pages scrolls to the top after every move; after Back the reader wants the old place. The view arrives in
  // pieces, so the place is asked for until it holds, unless the reader scrolls.
  const places = new Map();
  let here = location.pathname;
  let returning = false;
  let leaving = false; // the old view may be gone, and the page shorter, before the address changes
  const remember = () => location.pathname === here && !returning && !leaving && places.set(here, scrollY);
  addEventListener("scroll", remember, { passive: true });
  for (const own of ["wheel", "touchstart", "keydown"]) addEventListener(own, () => (returning = leaving = false), { passive: true });
  addEventListener("click", (event) => {
    if (!event.target.closest?.('a[href^="/"]')) return;
    remember();
    leaving = true;
  }, true);

  function settle(place, until) {
    if (!returning || location.pathname !== here) return;
    if (Math.abs(scrollY - place) > 1) scrollTo(0, place);
    if (performance.now() < until) requestAnimationFrame(() => settle(place, until));
    else returning = false;
  }
  addEventListener("popstate", () => {
    if (location.pathname === here) return; // a sheet was closed, and what it led to may stand elsewhere on the page
    here = location.pathname;
    returning = true;
    leaving = false;
    settle(places.get(here) ?? 0, performance.now() + 4000);
  });
  const push = history.pushState;
  history.pushState = function (...args) {
    push.apply(this, args);
    here = location.pathname;
    returning = leaving = false;
  };
  // After a reload, such as for the other language, the browser itself restores the place.
})();

"use strict";
// Links each line with its items. All that is read here stands on the page; nothing is written into it but text.
(() => {
  const root = document.documentElement;
  const script = document.getElementById("script");
  const manifests = document.getElementById("manifests");
  const bridge = document.getElementById("bridge");
  const said = document.getElementById("said");
  const links = new Map();
  const ranges = new Map();
  let pinned = null;
  let shown = null;
  let waits = 0;

  const link = (one, other) => {
    if (!links.has(one)) links.set(one, new Set());
    links.get(one).add(other);
  };
  for (const item of manifests.querySelectorAll(".item[id]")) {
    ranges.set(item, []);
    for (const range of item.dataset.lines.split(" ")) {
      const [source, first, last] = range.split(/[:-]/).map(Number);
      const lines = [];
      for (let number = first; number <= last; number += 1) {
        const line = document.getElementById(`s${source}-${number}`);
        if (line) {
          link(item, line);
          link(line, item);
          lines.push(line);
        }
      }
      if (lines.length) ranges.get(item).push([lines[0], lines[lines.length - 1]]);
    }
  }

  const near = (target) => target instanceof Element && target.closest(".line, .item[id]");
  const isLinked = (element) => element && (links.has(element) || element.dataset.row);
  const stops = (pane) => [...pane.querySelectorAll("a.no")];
  const owner = (stop) => stop.closest(".line, .item");
  const other = (element) => (script.contains(element) ? manifests : script);

  function words(element) {
    const parts = [];
    if (element.matches(".item")) {
      parts.push(`Item ${element.id.slice(1)}: ${element.dataset.title}`);
      parts.push(`from line ${[...element.querySelectorAll(".leads a")].map((each) => each.textContent).join(", ")}`);
    } else {
      const row = element.dataset.row && document.getElementById(`c${element.dataset.row}`);
      parts.push(`Line ${element.querySelector(".no").textContent}`);
      if (row) {
        parts.push(row.cells[2].textContent.trim().slice(2), row.cells[4].firstElementChild.textContent.replace(/\.$/, ""));
        if (row.dataset.place) parts.push(`on ${row.dataset.place}`);
      }
      const items = [...(links.get(element) || [])].map((each) => `${each.id.slice(1)} ${each.dataset.title}`);
      if (items.length) parts.push(`→ ${items.join("; ")}`);
    }
    return parts.filter(Boolean).join(" · ");
  }

  function show(element) {
    if (shown === element) return;
    for (const lit of document.querySelectorAll(".on, .from")) lit.classList.remove("on", "from");
    shown = isLinked(element) ? element : null;
    said.textContent = shown ? words(shown) : "";
    if (shown) {
      shown.classList.add("on", "from");
      for (const each of links.get(shown) || []) each.classList.add("on");
    }
    draw();
  }

  function beside(element) {
    const found = [...(links.get(element) || [])];
    if (!found.length) return;
    const pane = other(element);
    const box = pane.getBoundingClientRect();
    const lowest = Math.min(box.bottom, said.getBoundingClientRect().top);
    const seen = (each) => {
      const its = each.getBoundingClientRect();
      return its.top >= box.top + 32 && its.top < lowest - 40;
    };
    if (found.some(seen)) return;
    const stacked = manifests.getBoundingClientRect().top > script.getBoundingClientRect().top + 40;
    const wanted = stacked ? 40 : Math.max(element.getBoundingClientRect().top - box.top, 40);
    const offset = found[0].getBoundingClientRect().top - box.top;
    pane.scrollTo({ top: pane.scrollTop + offset - Math.min(wanted, lowest - box.top - 80) });
  }

  function pin(element) {
    for (const each of document.querySelectorAll(".fast")) each.classList.remove("fast");
    pinned = element;
    show(element);
    if (!element) return;
    element.classList.add("fast");
    for (const each of links.get(element) || []) each.classList.add("fast");
    beside(element);
  }

  function visit(element) {
    const target = element && near(element);
    if (!isLinked(target)) return;
    document.getElementById("panes").scrollIntoView();
    const pane = script.contains(target) ? script : manifests;
    pane.scrollTop += target.getBoundingClientRect().top - pane.getBoundingClientRect().top - 80;
    const stop = target.querySelector("a.no");
    if (stop) rove(stop);
    pin(target);
  }

  // A ribbon from each run of lines to its item, as far as both are in sight.
  function draw() {
    bridge.replaceChildren();
    const frame = bridge.getBoundingClientRect();
    if (!shown || !frame.width) return;
    const items = shown.matches(".item") ? [shown] : [...(links.get(shown) || [])];
    const clip = (top, bottom) => [Math.max(top - frame.top, 0), Math.min(bottom - frame.top, frame.height)];
    for (const item of items) {
      const its = item.getBoundingClientRect();
      const [top, bottom] = clip(its.top, its.bottom);
      for (const [first, last] of ranges.get(item)) {
        const [above, below] = clip(first.getBoundingClientRect().top, last.getBoundingClientRect().bottom);
        if (above >= below || top >= bottom) continue;
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        const width = frame.width;
        const half = width / 2;
        path.setAttribute("d", `M0 ${above}C${half} ${above} ${half} ${top} ${width} ${top}V${bottom}C${half} ${bottom} ${half} ${below} 0 ${below}Z`);
        bridge.append(path);
      }
    }
  }

  function rove(stop) {
    const pane = script.contains(stop) ? script : manifests;
    for (const each of stops(pane)) each.tabIndex = each === stop ? 0 : -1;
  }

  function step(event) {
    const stop = event.target.closest && event.target.closest("a.no");
    if (event.key === "Escape") {
      pin(null);
      show(stop ? owner(stop) : document.querySelector(".line:hover, .item[id]:hover"));
      return;
    }
    if (!stop) return;
    const pane = script.contains(stop) ? script : manifests;
    const all = stops(pane);
    const at = all.indexOf(stop);
    let next = null;
    if (event.key === "ArrowDown") next = all[Math.min(at + 1, all.length - 1)];
    else if (event.key === "ArrowUp") next = all[Math.max(at - 1, 0)];
    else if (event.key === "Home") next = all[0];
    else if (event.key === "End") next = all[all.length - 1];
    else if (event.key === (pane === script ? "ArrowRight" : "ArrowLeft")) {
      const [first] = links.get(owner(stop)) || [];
      next = first && first.querySelector("a.no");
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pin(pinned === owner(stop) ? null : owner(stop));
      show(owner(stop));
      return;
    } else return;
    event.preventDefault();
    if (next) next.focus();
  }

  for (const pane of [script, manifests]) {
    pane.removeAttribute("tabindex");
    const [first] = stops(pane);
    if (first) rove(first);
    pane.addEventListener("mouseover", (event) => {
      if (pinned) return;
      const element = near(event.target);
      clearTimeout(waits);
      show(element);
      // What is out of sight comes beside it, unless the pointer is only passing.
      if (shown) waits = setTimeout(beside, 300, element);
    });
    pane.addEventListener("mouseleave", () => {
      clearTimeout(waits);
      if (!pinned) show(null);
    });
    pane.addEventListener("focusin", (event) => {
      const stop = event.target.closest("a.no");
      if (!stop) return;
      rove(stop);
      if (!stop.matches(":focus-visible")) return;
      pin(null);
      show(owner(stop));
      beside(owner(stop));
    });
    pane.addEventListener("click", (event) => {
      const element = near(event.target);
      const anchor = event.target.closest("a");
      if (anchor && !anchor.hash) return;
      if (anchor && anchor.closest(".leads")) {
        event.preventDefault();
        visit(document.querySelector(anchor.hash));
        return;
      }
      if (anchor) event.preventDefault();
      if (!isLinked(element) || String(document.getSelection())) return;
      pin(pinned === element ? null : element);
      show(element);
    });
    pane.addEventListener("scroll", draw, { passive: true });
  }
  document.addEventListener("keydown", step);
  document.addEventListener("click", (event) => {
    const anchor = event.target instanceof Element && event.target.closest("a.to");
    if (!anchor) return;
    const target = document.querySelector(anchor.hash);
    if (!target || !isLinked(near(target))) return;
    event.preventDefault();
    visit(target);
  });
  window.addEventListener("resize", draw);
  const arrive = () => visit(document.getElementById(location.hash.slice(1)));
  window.addEventListener("hashchange", arrive);
  root.classList.add("live");
  arrive();
})();

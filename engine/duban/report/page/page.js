// The page of a week: buttons that show what a number rests on, the list of findings, two charts. No text of a record ever
// becomes markup: every node is made by `make`, every text is set as text.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 50;
  const at = Object.fromEntries(data.columns.map((name, index) => [name, index]));
  const findings = data.findings;
  const known = new Map(findings.map((row, index) => [row[at.id], index]));
  const byId = (id) => document.getElementById(id);
  const get = (row, name) => row[at[name]];
  const obligation = (row) => data.obligations[get(row, "obligation")] || ["", get(row, "obligation"), "", "", "", "", ""];

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined && child !== "") node.append(child);
    return node;
  }

  // ---- the list: what is shown, in which order
  const texts = findings.map((row) => [
    get(row, "bearer"), get(row, "town"), obligation(row)[0], obligation(row)[1], get(row, "id"), get(row, "message"),
    get(row, "evidence").join(" "),
  ].join("\n").toLowerCase());
  const state = { sort: "", descending: false, page: 0, only: null, opened: new Set() };
  const filters = {
    "by-status": (row) => String(get(row, "status")),
    "by-kind": (row) => get(row, "kind"),
    "by-town": (row) => get(row, "town") || "-",
    "by-obligation": (row) => get(row, "obligation"),
    "by-alert": (row) => get(row, "alert"),
    "by-verification": (row) => get(row, "verification"),
    "by-course": (row) => get(row, "course"),
    "by-advisory": (row) => String(get(row, "advisory")),
  };

  function chosen() {
    const words = byId("q").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = Object.entries(filters).map(([id, of]) => [byId(id).value, of]).filter(([value]) => value !== "");
    const found = [];
    for (let index = 0; index < findings.length; index += 1) {
      const row = findings[index];
      if (state.only && !state.only.has(get(row, "id"))) continue;
      if (wanted.every(([value, of]) => of(row) === value) && words.every((word) => texts[index].includes(word))) found.push(index);
    }
    return ordered(found);
  }

  const keys = {
    bearer: (row) => get(row, "bearer"),
    status: (row) => get(row, "status"),
    obligation: (row) => obligation(row)[0] + obligation(row)[1],
    due: (row) => get(row, "dueKey"),
    overdue: (row) => get(row, "overdue") ?? -1,
  };
  const chinese = new Intl.Collator("zh-CN", { numeric: true });

  function ordered(found) {
    if (!state.sort) return found; // as given: danger first, then what counts, then the longest open
    const key = keys[state.sort];
    const sign = state.descending ? -1 : 1;
    return found
      .map((index) => [key(findings[index]), index])
      .sort(([a, i], [b, j]) => sign * (typeof a === "number" ? a - b : chinese.compare(a, b)) || i - j)
      .map(([, index]) => index);
  }

  function show() {
    const found = chosen();
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const first = state.page * PAGE;
    const rows = document.createDocumentFragment();
    for (const index of found.slice(first, first + PAGE)) {
      rows.append(brief(index));
      if (state.opened.has(get(findings[index], "id"))) rows.append(detail(index));
    }
    byId("rows").replaceChildren(rows);
    const only = state.only ? "（只看所选数字依据的事项，点“清除”看全部）" : "";
    byId("found").textContent = `${found.length}项${found.length < findings.length ? `，共${findings.length}项` : ""}${only}`;
    byId("page").textContent = `第${state.page + 1}页，共${pages}页`;
    byId("previous").disabled = state.page === 0;
    byId("next").disabled = state.page >= pages - 1;
    for (const button of document.querySelectorAll("#list [data-sort]")) {
      const mine = button.dataset.sort === state.sort;
      button.closest("th").setAttribute("aria-sort", mine ? (state.descending ? "descending" : "ascending") : "none");
    }
  }

  // ---- one finding
  const COLOURS = { 1: "late", 2: "breached", 5: "unproven", 8: "manual" }; // in the order of the statuses
  const number = (value) => (value === null ? "" : String(value));

  function brief(index) {
    const row = findings[index];
    const id = get(row, "id");
    const status = data.statuses[get(row, "status")];
    const open = state.opened.has(id);
    const toggle = make("button", { type: "button", class: "toggle", "aria-expanded": String(open), "aria-controls": `d-${id}`, "data-toggle": id }, get(row, "bearer"));
    const tags = [
      get(row, "alert") === "红" ? make("span", { class: "tag red" }, "红") : "",
      get(row, "advisory") ? make("span", { class: "tag" }, "提示性") : "",
      get(row, "course") ? make("span", { class: "tag" }, course(row)) : "",
    ];
    const asked = get(row, "required") === null ? "" : `${number(get(row, "required"))}／${number(get(row, "observed"))}`;
    return make("tr", { id: `r-${id}` },
      make("th", { scope: "row", "data-label": "单位" }, toggle, get(row, "town") ? make("div", { class: "note" }, get(row, "town")) : ""),
      make("td", { "data-label": "状态" }, make("span", { class: `key ${COLOURS[get(row, "status")] || ""}` }, status), " ", ...tags),
      make("td", { "data-label": "义务" }, `${obligation(row)[0]}　${obligation(row)[1]}`),
      make("td", { "data-label": "期间、期限" }, [get(row, "period"), get(row, "due") ? `${get(row, "due")}到期` : ""].filter(Boolean).join("；")),
      make("td", { "data-label": "要求／查到", class: "count" }, asked),
      make("td", { "data-label": "超期", class: "count" }, get(row, "overdue") === null ? "" : `${get(row, "overdue")}天`),
      make("td", { "data-label": "核实" }, get(row, "verification")));
  }

  const course = (row) => get(row, "course") + (get(row, "weeks") > 1 ? `${get(row, "weeks")}周` : "") + (get(row, "late") ? "·因资料后到" : "");

  function detail(index) {
    const row = findings[index];
    const id = get(row, "id");
    const unseen = obligation(row)[4];
    const list = make("dl", {});
    const say = (label, text) => { if (text) list.append(make("dt", {}, label), make("dd", {}, text)); };
    say("事实", get(row, "message"));
    say("有利情况", get(row, "speaks") || "未见");
    say("口径未定", get(row, "contested").length ? `取另一读法则不成立：${get(row, "contested").join("、")}` : "");
    say("此前处理", get(row, "settled"));
    say("核实", get(row, "verified") || "待核实");
    say("首次出现", get(row, "first"));
    say("本项看不到", unseen);
    return make("tr", { class: "detail", id: `d-${id}` }, make("td", { colspan: "7" },
      list, make("h3", {}, "判定过程"), tree(proof(row)),
      make("p", { class: "note" }, "逐条记录计不计入、为什么：", make("code", {}, `duban explain ${id} --out 结果目录`))));
  }

  // The proof from the conclusion down: [text, [children]].
  function proof(row) {
    const [clause, title, quote, reading, , basis, law] = obligation(row);
    const places = get(row, "source");
    const records = get(row, "evidence").map((record, n) => [places[n] ? `${record}　${places[n]}` : record, []]);
    const rest = get(row, "many") - records.length;
    if (rest > 0) records.push([`其余${rest}条见 violations.csv`, []]);
    if (!records.length) records.push(["没有计入的记录", []]);
    const numbers = get(row, "required") === null ? "计数" : `要求${number(get(row, "required"))}，查到${number(get(row, "observed"))}`;
    const top = [
      [`条款 ${clause}　${title}（${basis}${law ? `，${law}` : ""}）`, [[quote ? `“${quote}”` : "", []], [reading ? `读法：${reading}` : "", []]].filter(([text]) => text)],
      [`${numbers}，依据记录${get(row, "many")}条`, records],
    ];
    if (get(row, "leads").length) top.push(["据此提出（由人决定）", get(row, "leads").map((text) => [text, []])]);
    return [[data.statuses[get(row, "status")] + (get(row, "advisory") ? "（提示性，不计入）" : ""), top]];
  }

  function tree(nodes, inner) {
    return make("ul", inner ? {} : { class: "tree" }, nodes.map(([text, children]) => make("li", {}, text, children.length ? tree(children, true) : "")));
  }

  function toggle(id, open) {
    if (open) state.opened.add(id); else state.opened.delete(id);
    const row = byId(`r-${id}`);
    const button = row && row.querySelector(".toggle");
    if (!button) return;
    button.setAttribute("aria-expanded", String(open));
    const there = byId(`d-${id}`);
    if (open && !there) row.after(detail(known.get(id)));
    if (!open && there) there.remove();
  }

  function clear() {
    byId("filters").reset();
    state.only = null;
    state.page = 0;
  }

  // Show one finding, or those that a number rests on.
  function reveal(ids, { open = false } = {}) {
    clear();
    state.only = new Set(ids);
    if (open) ids.forEach((id) => state.opened.add(id));
    show();
    byId("findings").scrollIntoView();
    const first = byId("rows").querySelector(".toggle");
    if (first) first.focus({ preventScroll: true });
  }

  // ---- what a number rests on
  function explain(index) {
    const [text, prints, places] = data.bases[index];
    const body = byId("basis-body");
    byId("basis-title").textContent = `“${text}”依据什么`;
    const listed = prints.filter((id) => known.has(id));
    const others = prints.filter((id) => !known.has(id));
    const parts = [];
    if (listed.length) {
      const button = make("button", { type: "button", "data-reveal": listed.join(" ") }, `在事项清单中看这${listed.length}项`);
      parts.push(make("h3", {}, `待核实事项${listed.length}项`), make("p", {}, button), make("ul", {}, listed.slice(0, 12).map((id) => {
        const row = findings[known.get(id)];
        return make("li", {}, make("button", { type: "button", class: "num", "data-open": id }, id), `　${get(row, "bearer")}：${obligation(row)[0]}　${obligation(row)[1]}`);
      })));
    }
    if (places.length) {
      parts.push(make("h3", {}, `记录所在${places.length}处（文件、工作表、行）`), make("ul", {}, places.map((place) => make("li", {}, place))));
    }
    if (others.length) {
      parts.push(make("h3", {}, `其他履责项${others.length}项（没有需要核实的）`), make("ul", {}, others.slice(0, 60).map((id) => make("li", {}, make("code", {}, id)))));
    }
    body.replaceChildren(...parts);
    byId("basis").showModal();
  }

  // ---- events
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const given = button.dataset;
    if (given.basis !== undefined) explain(Number(given.basis));
    else if (given.reveal !== undefined) { byId("basis").close(); reveal(given.reveal.split(" ")); }
    else if (given.open !== undefined) { if (byId("basis").open) byId("basis").close(); reveal([given.open], { open: true }); }
    else if (given.toggle !== undefined) toggle(given.toggle, button.getAttribute("aria-expanded") !== "true");
    else if (given.sort !== undefined) {
      state.descending = state.sort === given.sort && !state.descending;
      state.sort = given.sort;
      state.page = 0;
      show();
    } else if (given.obligation !== undefined) {
      clear();
      byId("by-town").value = given.town || "-";
      byId("by-obligation").value = given.obligation;
      show();
      byId("findings").scrollIntoView();
      byId("by-obligation").focus({ preventScroll: true });
    }
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("input", () => { state.page = 0; show(); });
  byId("clear").addEventListener("click", () => { clear(); show(); });
  byId("previous").addEventListener("click", () => { state.page -= 1; show(); });
  byId("next").addEventListener("click", () => { state.page += 1; show(); });
  byId("print-first").addEventListener("click", () => {
    document.body.classList.add("only-first");
    window.print();
  });
  // On paper the first screen is one page: the largest text with which it is.
  const PAPER = (297 - 2 * 9 - 1) * 96 / 25.4;
  function fit() {
    document.documentElement.classList.add("printing");
    const first = byId("first");
    for (let size = 9.6; size >= 5; size -= 0.1) {
      first.style.setProperty("--size", `${size.toFixed(1)}pt`);
      if (first.offsetHeight <= PAPER) break;
    }
    Object.values(Chart.instances).forEach((chart) => chart.resize());
  }
  window.addEventListener("beforeprint", fit);
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    document.body.classList.remove("only-first");
  });

  // ---- the choices that there are
  function options(id, values, named) {
    for (const value of values) byId(id).append(make("option", { value }, named ? named(value) : value));
  }
  const distinct = (of) => [...new Set(findings.map(of))].filter((value) => value !== "");
  options("by-status", distinct((row) => String(get(row, "status"))).sort(), (value) => data.statuses[Number(value)]);
  options("by-kind", distinct((row) => get(row, "kind")));
  options("by-obligation", Object.keys(data.obligations).filter((id) => findings.some((row) => get(row, "obligation") === id)), (id) => `${data.obligations[id][0]}　${data.obligations[id][1]}`);
  options("by-alert", distinct((row) => get(row, "alert")));
  options("by-verification", distinct((row) => get(row, "verification")));
  options("by-course", distinct((row) => get(row, "course")));
  for (const id of Object.keys(filters)) if (byId(id).options.length < 2) byId(id).closest("label").hidden = true;
  if (![...byId("by-town").options].some((option) => option.value !== "" && option.value !== "-")) byId("by-town").closest("label").hidden = true;

  // ---- charts: each has its table beside it
  const still = { animation: false, responsive: true, maintainAspectRatio: false };
  const font = { family: getComputedStyle(document.body).fontFamily, size: 13 };
  if (byId("chart-trend")) {
    Chart.defaults.font = font;
    const series = [["未达到（待核实）", 1, "#b3261e", []], ["逾期达到", 2, "#8a5a00", [8, 4]], ["需人工认定", 3, "#1c4587", [2, 3]], ["证据不足", 4, "#555555", [10, 3, 2, 3]]];
    new Chart(byId("chart-trend"), {
      type: "line",
      data: {
        labels: data.trend.map((point) => point[0]),
        datasets: series.map(([label, column, colour, dash]) => ({ label, data: data.trend.map((point) => point[column]), borderColor: colour, backgroundColor: colour, borderDash: dash, tension: 0 })),
      },
      options: { ...still, scales: { y: { beginAtZero: true, ticks: { precision: 0 } } } },
    });
  }
  for (const canvas of document.querySelectorAll(".chart-funnel")) {
    Chart.defaults.font = font;
    const [title, stages] = data.funnels[Number(canvas.dataset.index)];
    new Chart(canvas, {
      type: "bar",
      data: { labels: stages.map((stage) => stage[0]), datasets: [{ label: title, data: stages.map((stage) => stage[1]), backgroundColor: "#2f6db3", maxBarThickness: 26 }] },
      options: { ...still, indexAxis: "y", plugins: { legend: { display: false } }, scales: { x: { beginAtZero: true, ticks: { precision: 0 } } } },
    });
  }
  show();
})();

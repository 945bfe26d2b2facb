"use strict";
// The script of the page: the threshold slider and the table of cases. Text from the study only ever becomes text nodes.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 25;
  const MEASURES = [
    ["Sensitivity", (c) => [c.tp, c.tp + c.fn]],
    ["Specificity", (c) => [c.tn, c.tn + c.fp]],
    ["PPV", (c) => [c.tp, c.tp + c.fp]],
    ["NPV", (c) => [c.tn, c.tn + c.fn]],
    ["Accuracy", (c) => [c.tp + c.tn, c.tp + c.fp + c.tn + c.fn]],
  ];

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // Prints numbers as the tables of the page do: an exact half is rounded to the even digit, and minus is a true minus sign.
  function decimal(value, digits = 2) {
    if (value === null || Number.isNaN(value)) return "–";
    const half = Math.abs(value) * 2 ** (digits + 1);
    let text = value.toFixed(digits);
    if (Number.isInteger(half) && half % 2 === 1) {
      const below = Math.floor(Math.abs(value) * 10 ** digits);
      text = ((Math.sign(value) * (below + (below % 2))) / 10 ** digits).toFixed(digits);
    }
    return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
  }

  // Wilson's interval without continuity correction, as in sonomics.statistics.classification.proportion.
  function proportion(x, n) {
    if (n === 0) return null;
    const z = data.z;
    const centre = (x + z ** 2 / 2) / (n + z ** 2);
    const half = (z / (n + z ** 2)) * Math.sqrt((x * (n - x)) / n + z ** 2 / 4);
    const lower = x > 0 ? Math.max(0, centre - half) : 0;
    return { estimate: x / n, lower, upper: x < n ? Math.min(1, centre + half) : 1 };
  }

  function confusion(cases, threshold) {
    const counts = { tp: 0, fp: 0, tn: 0, fn: 0 };
    for (const { label, value } of cases) {
      const called = value >= threshold;
      counts[label === "positive" ? (called ? "tp" : "fn") : called ? "fp" : "tn"] += 1;
    }
    return counts;
  }

  function netBenefit({ tp, fp, tn, fn }, threshold) {
    const n = tp + fp + tn + fn;
    if (n === 0 || threshold <= 0 || threshold >= 1) return null;
    const odds = threshold / (1 - threshold);
    return { model: tp / n - (fp / n) * odds, all: (tp + fn) / n - ((fp + tn) / n) * odds };
  }

  function watchThreshold(root) {
    const task = data.tasks[root.dataset.threshold];
    const [model, split] = ["model", "split"].map((name) => root.querySelector(`[data-pick=${name}]`));
    const slider = root.querySelector("input");
    const out = Object.fromEntries([...root.querySelectorAll("[data-out]")].map((element) => [element.dataset.out, element]));
    const chosen = { threshold: null };

    task.models.forEach(({ name }, index) => model.append(make("option", { value: index }, name)));
    for (const [name, title] of Object.entries(task.splits)) split.append(make("option", { value: name }, title));
    split.selectedIndex = Math.min(1, split.options.length - 1);
    out.level.textContent = `${Math.round(1000 * data.level) / 10} % CI`;

    function range() {
      if (task.models[model.value].kind === "probability") return [0, 1];
      const values = task.rows.map((row) => row.values[model.value]).filter((value) => value !== null);
      return [Math.min(...values), Math.max(...values)];
    }

    function startAtFrozen() {
      const [low, high] = range();
      const { cutoff } = task.models[model.value];
      Object.assign(slider, { min: low, max: high, step: (high - low) / 200 });
      chosen.threshold = cutoff ?? (low + high) / 2;
      slider.value = chosen.threshold;
      out.mark.hidden = cutoff === null;
      out.mark.style.setProperty("--position", (cutoff - low) / (high - low));
      draw();
    }

    function draw() {
      const { name, kind, cutoff } = task.models[model.value];
      const cases = task.rows
        .filter((row) => row.split === split.value && row.label !== "" && row.values[model.value] !== null)
        .map((row) => ({ label: row.label, value: row.values[model.value] }));
      const counts = confusion(cases, chosen.threshold);
      out.threshold.textContent = decimal(chosen.threshold, 3);
      slider.setAttribute("aria-valuetext", decimal(chosen.threshold, 3));
      for (const key of Object.keys(counts)) out[key].textContent = counts[key];
      const rows = MEASURES.map(([title, share]) => {
        const measure = proportion(...share(counts));
        if (!measure) return [title, "not estimable", ""];
        return [title, decimal(measure.estimate), `${decimal(measure.lower)} to ${decimal(measure.upper)}`];
      });
      const benefit = kind === "probability" ? netBenefit(counts, chosen.threshold) : null;
      if (benefit) {
        rows.push(["Net benefit", decimal(benefit.model, 3), ""]);
        rows.push(["Net benefit of treating all", decimal(benefit.all, 3), "treating none: 0"]);
      }
      out.measures.replaceChildren(...rows.map(([title, ...cells]) =>
        make("tr", {}, make("th", { scope: "row" }, title), ...cells.map((cell) => make("td", {}, cell)))));
      const frozen = cutoff === null ? "no threshold could be frozen" : `the frozen threshold is ${decimal(cutoff, 3)}`;
      const here = chosen.threshold === cutoff ? "at the frozen threshold" : `not the frozen threshold; ${frozen}`;
      out.status.textContent = `${name}, ${task.splits[split.value]}, ${cases.length} cases: ${here}.`;
    }

    slider.addEventListener("input", () => { chosen.threshold = Number(slider.value); draw(); });
    split.addEventListener("change", draw);
    model.addEventListener("change", startAtFrozen);
    root.querySelector("[data-act=frozen]").addEventListener("click", startAtFrozen);
    startAtFrozen();
    root.hidden = false;
  }

  function columnsOf(task) {
    const casesArePatients = task.rows.every((row) => row.patient === row.case || row.patient === "");
    const value = (index) => (row) => row.values[index];
    return [
      { title: "Case", of: (row) => row.case },
      ...(casesArePatients ? [] : [{ title: "Patient", of: (row) => row.patient }]),
      { title: "Set", of: (row) => task.splits[row.split] },
      { title: "Label", of: (row) => row.label || "unknown" },
      { title: "Decision", of: (row) => row.decision || "none" },
      ...task.models.map(({ name }, index) => ({ title: name, of: value(index), number: true })),
      { title: "Status", of: (row) => row.fate },
      ...task.clinical.map((title, index) => ({ title, of: (row) => row.clinical[index] })),
    ];
  }

  // Numbers by size, text as people sort it ("case 9" before "case 10"); unknown values come last either way.
  function sorted(rows, column, down) {
    const collator = new Intl.Collator("en", { numeric: true });
    const missing = (value) => value === null || value === "";
    return [...rows].sort((one, two) => {
      const [a, b] = [column.of(one), column.of(two)];
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      const numbers = [Number(a), Number(b)];
      const order = numbers.some(Number.isNaN) ? collator.compare(a, b) : numbers[0] - numbers[1];
      return down ? -order : order;
    });
  }

  function watchCases(root) {
    const task = data.tasks[root.dataset.cases];
    const columns = columnsOf(task);
    const shown = { rows: task.rows, page: 0, column: null, down: false };
    const form = root.querySelector("form");
    const filters = Object.fromEntries([...form.querySelectorAll("[data-filter]")].map((one) => [one.dataset.filter, one]));
    const [head, body] = [root.querySelector("thead tr"), root.querySelector("tbody")];
    const out = Object.fromEntries([...root.querySelectorAll("[data-out]")].map((element) => [element.dataset.out, element]));
    const words = new Map(task.rows.map((row) => [row, columns.map((column) => column.of(row)).join("\n").toLowerCase()]));

    for (const [name, title] of Object.entries({ split: "Set", label: "Label", decision: "Decision", fate: "Status" })) {
      const { of } = columns.find((column) => column.title === title);
      const values = [...new Set(task.rows.map(of))];
      filters[name].append(...values.map((value) => make("option", { value }, value)));
      filters[name].of = of;
    }
    for (const column of columns) {
      const button = make("button", { type: "button" }, column.title);
      button.addEventListener("click", () => {
        shown.down = shown.column === column && !shown.down;
        shown.column = column;
        choose();
      });
      column.heading = make("th", { scope: "col" }, button);
      if (!column.number) column.heading.className = "text";
      head.append(column.heading);
    }

    function choose() {
      const text = filters.text.value.trim().toLowerCase();
      const picks = Object.values(filters).filter((filter) => filter.of && filter.value !== "");
      const kept = task.rows.filter((row) =>
        words.get(row).includes(text) && picks.every((filter) => filter.of(row) === filter.value));
      shown.rows = shown.column ? sorted(kept, shown.column, shown.down) : kept;
      shown.page = 0;
      draw();
    }

    function draw() {
      const pages = Math.max(1, Math.ceil(shown.rows.length / PAGE));
      const rows = shown.rows.slice(shown.page * PAGE, (shown.page + 1) * PAGE);
      body.replaceChildren(...rows.map(line));
      for (const column of columns) {
        if (column === shown.column) column.heading.setAttribute("aria-sort", shown.down ? "descending" : "ascending");
        else column.heading.removeAttribute("aria-sort");
      }
      out.count.textContent = `${shown.rows.length} of ${task.rows.length} cases`;
      out.page.textContent = `Page ${shown.page + 1} of ${pages}`;
      root.querySelector("[data-act=back]").disabled = shown.page === 0;
      root.querySelector("[data-act=on]").disabled = shown.page === pages - 1;
    }

    function line(row) {
      const open = () => openCase(task, shown.rows, shown.rows.indexOf(row));
      const button = make("button", { type: "button" }, row.case);
      const cells = columns.slice(1).map((column) =>
        column.number ? make("td", {}, decimal(column.of(row), 3)) : make("td", { class: "text" }, column.of(row)));
      const element = make("tr", {}, make("th", { scope: "row" }, button), ...cells);
      element.addEventListener("click", () => { if (getSelection().isCollapsed) open(); });
      return element;
    }

    const turn = (step) => () => { shown.page += step; draw(); };
    root.querySelector("[data-act=back]").addEventListener("click", turn(-1));
    root.querySelector("[data-act=on]").addEventListener("click", turn(1));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", choose);
    form.addEventListener("reset", () => setTimeout(choose));
    draw();
    root.hidden = false;
  }

  const viewer = document.getElementById("case");
  const act = (name) => viewer.querySelector(`[data-act=${name}]`);
  const open = { task: null, rows: [], index: 0 };

  function openCase(task, rows, index) {
    Object.assign(open, { task, rows, index });
    drawCase();
    if (!viewer.open) viewer.showModal();
  }

  function drawCase() {
    const { task, rows, index } = open;
    const row = rows[index];
    document.getElementById("case-title").textContent = `Case ${row.case}`;
    act("previous").disabled = index === 0;
    act("next").disabled = index === rows.length - 1;
    const pictures = (data.images[row.case] ?? []).map(([title, link]) => make("figure", {},
      make("img", { src: link, alt: `Case ${row.case}, ${title}` }), make("figcaption", {}, title)));
    const without = data.shared ? "A shared report holds no images." : "The page holds no images of this case.";
    const images = pictures.length ? make("div", { class: "pictures" }, ...pictures) : make("p", { class: "quiet" }, without);
    const scores = task.models.map(({ name, kind, cutoff }, model) => {
      const value = row.values[model];
      const known = value !== null && cutoff !== null;
      const cells = [kind, decimal(value, 3), decimal(cutoff, 3), known ? (value >= cutoff ? "positive" : "negative") : "none"];
      return make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell)));
    });
    const headings = ["Model", "Kind", "Value", "Frozen threshold", "Decision"].map((title) => make("th", { scope: "col" }, title));
    const facts = [["Set", task.splits[row.split]], ["Label", row.label || "unknown"], ["Status", row.fate],
      ...task.clinical.map((title, fact) => [title, row.clinical[fact] || "unknown"])];
    const weighed = row.weighed.map(({ model, scale, features }) => make("table", {},
      make("caption", {}, `What moved ${model} most (${scale})`),
      make("thead", {}, make("tr", {}, ...["Feature", "Value", "Moved by"].map((title) => make("th", { scope: "col" }, title)))),
      make("tbody", {}, ...features.map(([feature, value, moved]) => make("tr", {}, make("th", { scope: "row" }, feature),
        make("td", {}, decimal(value, 2)), make("td", {}, `${moved > 0 ? "+" : ""}${decimal(moved, 3)}`))))));
    document.getElementById("case-body").replaceChildren(
      make("p", { class: "report" }, row.text),
      images,
      make("table", {}, make("caption", {}, "Predictions of the models"),
        make("thead", {}, make("tr", {}, ...headings)), make("tbody", {}, ...scores)),
      ...weighed,
      make("dl", { class: "facts" }, ...facts.map(([title, fact]) => make("div", {}, make("dt", {}, title), make("dd", {}, fact)))),
    );
    viewer.scrollTop = 0;
  }

  const step = (by) => () => { open.index += by; drawCase(); };
  act("previous").addEventListener("click", step(-1));
  act("next").addEventListener("click", step(1));
  act("close").addEventListener("click", () => viewer.close());

  document.querySelectorAll("[data-threshold]").forEach(watchThreshold);
  document.querySelectorAll("[data-cases]").forEach(watchCases);
  addEventListener("beforeprint", () => document.querySelectorAll("details.printed").forEach((details) => { details.open = true; }));
})();

// Counts the roll while it is being marked; without this file the server counts when the form is sent.
(() => {
  const form = document.querySelector("form[data-roll]");
  const output = form.querySelector("output");
  const total = Number(output.dataset.total);
  const coming = (row) => {
    const absent = row.querySelector(".out input").checked;
    const late = row.querySelector("input[value=late]").checked;
    return row.querySelector(".in input").checked || (absent && late);
  };
  const count = () => {
    const present = [...form.querySelectorAll(".roll > li")].filter(coming).length;
    output.querySelector("[data-present]").textContent = present;
    const tenths = Math.round((present * 1000) / total);
    const share = present === total ? 1000 : Math.min(tenths, 999);
    const words = (share / 10).toLocaleString("vi-VN", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    output.querySelector("[data-share]").textContent = total ? `· ${words}\u00a0%` : "";
  };
  const late = form.querySelector("[data-deadlines]");
  const deadlines = JSON.parse(late.dataset.deadlines);
  const warn = () => {
    const [day, month, year] = ["day", "month", "year"].map((part) => form[`held_on-${part}`].value.trim());
    const of = `${year}-${month.padStart(2, "0")}`;
    const deadline = deadlines[of];
    late.hidden = form.kind.value !== "regular" || !deadline || `${of}-${day.padStart(2, "0")}` <= deadline;
    if (!late.hidden) late.querySelector("[data-deadline]").textContent = deadline.split("-").reverse().join("/");
  };
  form.addEventListener("input", warn);
  form.addEventListener("change", count);
  count();
  warn();
  document.getElementById("can-sua")?.focus();
})();

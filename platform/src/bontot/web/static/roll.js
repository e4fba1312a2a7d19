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
    output.querySelector("[data-share]").textContent = total ? `· ${words} %` : "";
  };
  form.addEventListener("change", count);
  count();
  document.getElementById("can-sua")?.focus();
})();

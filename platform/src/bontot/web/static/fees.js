// Adds up what is being taken; without this file the server does when the form is sent.
(() => {
  const form = document.querySelector("form[data-fees]");
  if (!form) return;
  const total = form.querySelector("[data-total]");
  const typed = (input) => Number((input?.value ?? "").replace(/\D/g, ""));
  const chosen = (row, part) => row.querySelector(`input[name^="${part}-"]:checked`)?.value;
  const taken = (row) => {
    const left = Number(row.dataset.left) || typed(row.querySelector('input[name^="due-"]'));
    const all = left + Number(row.dataset.owed);
    const side = chosen(row, "fee");
    if (side !== "other") return side === "all" ? all : left;
    const how = chosen(row, "how");
    return how === "all" ? all : how === "some" ? typed(row.querySelector('input[name^="amount-"]')) : 0;
  };
  const owing = (row) => (Number(row.dataset.left) || typed(row.querySelector('input[name^="due-"]'))) + Number(row.dataset.owed);
  const forEarlier = (row) => (chosen(row, "fee") === "month" ? 0 : Math.min(taken(row), Number(row.dataset.owed)));
  const said = (value) => value.toLocaleString("vi-VN");
  const tell = (name, value) => {
    const place = form.querySelector(`[data-${name}]`);
    place.hidden = !value;
    place.querySelector("b").textContent = said(value);
  };
  const count = () => {
    const rows = [...form.querySelectorAll(".fees > li")].filter((row) => row.querySelector(".switch"));
    const sum = (part) => rows.reduce((whole, row) => whole + part(row), 0);
    total.textContent = said(sum(taken));
    const payers = rows.filter((row) => taken(row) > 0).length;
    form.querySelector("[data-payers]").textContent = payers;
    form.querySelectorAll("[data-needs-payer]").forEach((button) => (button.disabled = !payers));
    tell("arrears", sum(forEarlier));
    tell("unknown", rows.filter((row) => row.querySelector('input[name^="due-"]') && !owing(row)).length);
    tell("unpaid", rows.filter((row) => owing(row) > 0 && taken(row) === 0).length);
  };
  form.addEventListener("input", count);
  form.addEventListener("change", count);
  count();
  document.getElementById("can-sua")?.focus();
})();

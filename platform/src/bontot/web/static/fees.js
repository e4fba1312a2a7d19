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
  const count = () => {
    const rows = [...form.querySelectorAll(".fees > li")].filter((row) => row.querySelector(".switch"));
    total.textContent = rows.reduce((sum, row) => sum + taken(row), 0).toLocaleString("vi-VN");
  };
  form.addEventListener("input", count);
  form.addEventListener("change", count);
  count();
  document.getElementById("can-sua")?.focus();
})();

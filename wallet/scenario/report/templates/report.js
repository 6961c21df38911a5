// Comfort only: search, open and close all, how many are shown. Everything else works without.
(() => {
  const cases = [...document.querySelectorAll(".case")].map((item) => ({
    item, text: item.textContent.toLowerCase(), details: item.querySelector("details"),
  }));
  const groups = [...document.querySelectorAll(".group")];
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  if (!search) return;
  for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
  const count = () => {
    shown.value = String(cases.filter(({ item }) => item.checkVisibility()).length);
  };
  const find = () => {
    const sought = search.value.trim().toLowerCase();
    for (const { item, text } of cases) item.hidden = !text.includes(sought);
    for (const group of groups) group.hidden = !group.querySelector(".case:not([hidden])");
    count();
  };
  search.addEventListener("input", find);
  document.querySelector(".filter").addEventListener("change", count);
  const turn = (open) => {
    for (const { item, details } of cases) if (item.checkVisibility()) details.open = open;
  };
  document.getElementById("open-all").addEventListener("click", () => turn(true));
  document.getElementById("close-all").addEventListener("click", () => turn(false));
  // Browsers that cannot show closed details in print by style alone.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
  find();
})();

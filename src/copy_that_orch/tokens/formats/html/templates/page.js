"use strict";
{
  const status = document.getElementById("status");

  const write = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text);
    }
    const area = document.createElement("textarea"); // a page from disk is not "secure" everywhere
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copying was refused");
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await write(button.dataset.copy);
      status.textContent = `Copied ${button.dataset.copy}`;
      button.classList.add("copied");
    } catch {
      status.textContent = `Cannot copy ${button.dataset.copy}`;
    }
    setTimeout(() => button.classList.remove("copied"), 1200);
  });

  const search = document.getElementById("search");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const token of document.querySelectorAll("[data-words]")) {
      token.hidden = !words.every((word) => token.dataset.words.includes(word));
      shown += !token.hidden;
    }
    for (const part of document.querySelectorAll(".group, .tokens")) {
      part.hidden = !part.querySelector("[data-words]:not([hidden])");
    }
    document.body.classList.toggle("searching", words.length > 0);
    document.querySelector(".none").hidden = shown > 0 || words.length === 0;
    status.textContent = words.length ? `${shown} tokens` : "";
  };
  search.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(input|textarea)$/i.test(event.target.tagName)) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    }
  });

  const theme = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  theme.addEventListener("click", () => {
    const name = theme.querySelector("span");
    name.textContent = themes[(themes.indexOf(name.textContent) + 1) % themes.length];
    document.documentElement.dataset.theme = name.textContent;
  });

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const spy = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      for (const [id, link] of links) {
        if (id === entry.target.id) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }
  }, { rootMargin: "-15% 0% -75% 0%" });
  for (const id of links.keys()) spy.observe(document.getElementById(id));
}

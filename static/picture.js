// A chart as a picture to keep: drawn anew on paper of the theme's colour, with its name; the file is made here.
"use strict";

{
  const WIDTH = 1200;
  const HEIGHT = 640;

  // What, where and when; plotly reads signs of HTML in it.
  function heading(label) {
    const span = document.querySelector("#period-menu .span")?.textContent.trim();
    return [label, document.title, span].filter(Boolean).join(" · ").replace(/[<>&]/g, " ");
  }

  function sheet(name) {
    const { data, layout } = JSON.parse(document.getElementById(name).textContent);
    const node = document.querySelector(`[data-chart="${CSS.escape(name)}"]`);
    const label = node.getAttribute("aria-label").split(";")[0];
    const paper = css("--surface");
    return themed({
      data,
      layout: { ...layout, width: WIDTH, height: HEIGHT, autosize: false, paper_bgcolor: paper, plot_bgcolor: paper,
        margin: { l: 24, r: 24, t: 72, b: 24 }, font: { ...layout.font, family: css("--font"), size: 15 },
        title: { text: heading(label), x: 0.02, xanchor: "left", font: { size: 18, color: "--text" } } },
    });
  }

  function bytes(address) {
    return Uint8Array.from(atob(address.split(",")[1]), (sign) => sign.charCodeAt(0));
  }

  function keep(name, address) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes(address)], { type: "image/png" }));
    link.download = `${name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-picture]");
    if (!button || !window.Plotly) return;
    const name = button.dataset.picture;
    button.disabled = true;
    try {
      keep(name, await Plotly.toImage(sheet(name), { format: "png", width: WIDTH, height: HEIGHT, scale: 2 }));
    } finally {
      button.disabled = false;
    }
  });
}

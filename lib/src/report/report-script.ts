/**
 * What draws the plots in the browser: `plots` is in the page as JSON, each `div.plot` names one.
 *
 * Text and lines take the colour of the page (`currentColor`), so dark, light and paper need no drawing anew. A plot is drawn when it
 * comes near the screen, all of them as soon as the browser has time or the page is printed, and again when its width changes.
 */
export const reportScript = `
(() => {
  const plots = JSON.parse(document.getElementById('plots').textContent);
  const ink = 'currentColor';
  const inkConfig = {
    background: 'transparent',
    title: { color: ink, subtitleColor: ink },
    style: { 'guide-label': { fill: ink }, 'guide-title': { fill: ink } },
    text: { color: ink },
    axis: { domainColor: ink, tickColor: ink, gridColor: ink, gridOpacity: 0.13 },
  };
  const drawnWidths = new Map();
  const results = new Map();

  function withWidth(spec, width) {
    if (spec.vconcat) return { ...spec, vconcat: spec.vconcat.map((panel) => withWidth(panel, width)) };
    return { ...spec, width };
  }

  async function embed(element, available, width) {
    const { $schema, title, ...body } = plots[element.dataset.plot];
    const narrow = available < 460 ? { legend: { columns: 2 }, axisX: { tickCount: 5 } } : {};
    const config = vega.mergeConfig(body.config, inkConfig, narrow);
    results.get(element)?.finalize();
    const result = await vegaEmbed(element, { ...withWidth(body, Math.max(120, width)), config }, {
      mode: 'vega-lite', renderer: 'svg', downloadFileName: document.title + '-' + element.dataset.plot,
      actions: { export: true, source: false, compiled: false, editor: false },
    });
    results.set(element, result);
    return element.querySelector('svg.marks').width.baseVal.value;
  }

  async function draw(element) {
    const available = element.clientWidth;
    if (available === 0 || drawnWidths.get(element) === available) return;
    drawnWidths.set(element, available);
    try {
      // How much the axes take is only known when they are drawn.
      const width = available - 56;
      const excess = (await embed(element, available, width)) - available;
      if (excess > 0 || excess < -12) await embed(element, available, width - Math.ceil(excess));
    } catch (error) {
      element.textContent = 'This plot could not be drawn: ' + error.message;
    }
  }

  const elements = [...document.querySelectorAll('div.plot')];
  const drawAll = async () => {
    for (const element of elements) {
      await draw(element);
      await new Promise((resolve) => setTimeout(resolve));
    }
    document.documentElement.dataset.drawn = 'true';
  };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  }, { rootMargin: '300px' });
  for (const element of elements) observer.observe(element);
  (window.requestIdleCallback ?? setTimeout)(drawAll);
  let resized;
  addEventListener('resize', () => {
    clearTimeout(resized);
    if (!matchMedia('print').matches) resized = setTimeout(drawAll, 200);
  });
})();
`;

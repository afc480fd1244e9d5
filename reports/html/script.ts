/**
 * The page's script: filters the events, reads out the chart under a pointer or the arrow keys, closes the folds on a
 * screen. Without it everything is there and open. It holds no text of a record; what it shows goes through `textContent`.
 */
export const script = `
(() => {
  const folds = [...document.querySelectorAll('details')];
  for (const fold of folds) fold.open = false;
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = folds.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
  });
  addEventListener('afterprint', () => {
    for (const fold of closed) fold.open = false;
  });

  const form = document.getElementById('event-filter');
  const events = document.getElementById('events');
  if (form && events) {
    const rows = [...events.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
    const wanted = form.elements;
    const filter = () => {
      const needle = wanted.text.value.trim().toLowerCase();
      let shown = 0;
      for (const { row, text } of rows) {
        const fits =
          (wanted.source.value === '' || row.dataset.source === wanted.source.value) &&
          (wanted.node.value === '' || row.dataset.node === wanted.node.value) &&
          (wanted.logs.checked || !row.classList.contains('log')) &&
          text.includes(needle);
        row.hidden = !fits;
        if (fits) shown += 1;
      }
      wanted.shown.textContent = shown === rows.length ? rows.length + ' events' : shown + ' of ' + rows.length + ' events';
    };
    form.hidden = false;
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    filter();
  }

  const chart = document.getElementById('chart');
  const data = document.getElementById('chart-data');
  if (chart && data) {
    const { endMs, clients } = JSON.parse(data.textContent);
    const cursor = chart.querySelector('.cursor');
    const readout = document.getElementById('readout');
    const plots = [...chart.querySelectorAll('.plot')];
    const moment = (ms) => Math.floor(ms / 60000) + ':' + ((ms % 60000) / 1000).toFixed(1).padStart(4, '0');
    const latency = (ms) => (ms >= 1000 ? (ms / 1000).toFixed(ms < 99950 ? 1 : 0) + ' s' : ms.toFixed(ms < 10 ? 1 : 0) + ' ms');
    const nearest = (sorted, value) => {
      let low = 0;
      let high = sorted.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (sorted[middle] < value) low = middle;
        else high = middle;
      }
      return Math.abs((sorted[low] ?? Infinity) - value) <= Math.abs((sorted[high] ?? Infinity) - value) ? low : high;
    };
    let atMs = 0;
    const show = (ms) => {
      atMs = Math.min(endMs, Math.max(0, ms));
      const plot = plots[0].getBoundingClientRect();
      cursor.style.left = plot.left - chart.getBoundingClientRect().left + (atMs / endMs) * plot.width + 'px';
      cursor.hidden = false;
      readout.hidden = false;
      readout.textContent = moment(atMs) + clients.map((client) => {
        const i = nearest(client.dueMs, atMs);
        if (client.dueMs.length === 0) return '';
        return ' · ' + client.client + ' ' + (client.error[i] ? client.error[i] + ' after ' : '') + latency(client.latencyMs[i]);
      }).join('');
    };
    readout.hidden = false;
    readout.textContent = 'Point at the chart, or focus it and use the arrow keys, to read single writes.';
    chart.tabIndex = 0;
    chart.setAttribute('role', 'group');
    chart.setAttribute('aria-label', 'Latency over time; arrow keys move the reading');
    chart.addEventListener('pointermove', (event) => {
      const plot = plots[0].getBoundingClientRect();
      if (event.clientX >= plot.left && event.clientX <= plot.right) show(((event.clientX - plot.left) / plot.width) * endMs);
    });
    chart.addEventListener('keydown', (event) => {
      const step = (event.shiftKey ? 50 : 5) * (endMs / 1000);
      const to = { ArrowLeft: atMs - step, ArrowRight: atMs + step, Home: 0, End: endMs }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
  }
})();
`;

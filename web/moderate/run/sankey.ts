import { SankeyChart } from 'echarts/charts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { colourOf } from '../../ui/options.ts';
import type { Flow } from './flow.ts';

use([SankeyChart, SVGRenderer]);

/** What a custom property comes to here, light-dark() resolved. */
function resolved(property: string, className: string, at: HTMLElement): string {
  const probe = document.createElement('span');
  probe.className = className;
  probe.style.color = `var(${property})`;
  at.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Draws the flow and follows the box's size; the returned function ends it. */
export function drawSankey(box: HTMLElement, { nodes, links }: Flow): () => void {
  const ink = resolved('--ink', '', box);
  const soft = resolved('--ink-soft', '', box);
  const chart = init(box, null, { renderer: 'svg' });
  chart.setOption({
    animation: false, // it is read, not watched
    series: [
      {
        type: 'sankey',
        draggable: false,
        emphasis: { disabled: true },
        nodeGap: 12,
        left: 8,
        right: 120,
        data: nodes.map(({ name, index }) => ({
          name,
          itemStyle: { color: index < 0 ? soft : resolved('--option', colourOf(index), box) },
        })),
        links: links.map((link) => ({ ...link })),
        lineStyle: { color: 'source', opacity: 0.35 },
        label: {
          color: ink,
          fontFamily: getComputedStyle(box).fontFamily,
          fontSize: 14,
          formatter: ({ name }: { name: string }) => nodes.find((node) => node.name === name)?.title ?? '',
        },
      },
    ],
  });
  let drawnAt = box.clientWidth;
  const resizing = new ResizeObserver(() => {
    // a closed disclosure has no width, and ECharts cannot draw into nothing
    if (box.clientWidth === 0 || box.clientWidth === drawnAt) return;
    drawnAt = box.clientWidth;
    chart.resize();
  });
  resizing.observe(box);
  return () => {
    resizing.disconnect();
    chart.dispose();
  };
}

import type { Dependence, Explanation } from '@tidegate/formats';
import { measured, whole } from '../../render/figures.ts';
import { type Banded, bandPlot, categoryPlot } from '../band-plot.ts';
import { intervalPlot } from '../forest.ts';
import { type Html, html } from '../html.ts';
import type { Tone } from '../plot-frame.ts';
import { legend } from '../plots.ts';
import { withInterval } from './figures.ts';

/** Inputs that are drawn. */
const mostBars = 20;
const tones: readonly Tone[] = ['candidate', 'bad', 'good', 'doubt', 'champion', 'plain'];

/** Importance bars and curves of partial dependence. */
export function explanationPart(explanation: Explanation): Html {
  const { importances, together, metric, rows, repeats, confidence, dependences, inputsLeftOut } = explanation;
  const bars = importances.slice(0, mostBars).map(({ input, ...numbers }) => ({
    name: input,
    ...numbers,
    tone: numbers.low > 0 ? ('candidate' as const) : ('champion' as const),
    note: `${withInterval(numbers)}${numbers.low > 0 ? '' : ', not shown to matter'}`,
  }));
  const groups = together.map(({ inputs, association, ...numbers }) => ({
    name: inputs.length > 3 ? `${inputs.slice(0, 2).join(' + ')} + ${inputs.length - 2} more` : inputs.join(' + '),
    ...numbers,
    tone: 'doubt' as const,
    note: `${withInterval(numbers)}, association ${measured(association)}`,
  }));
  const unseen = [
    ...(importances.length > mostBars ? [`${importances.length - mostBars} inputs of less importance are not drawn`] : []),
    ...(inputsLeftOut > 0 ? [`${inputsLeftOut} inputs that tell little of the label by themselves were not looked at`] : []),
  ];
  return html`<h4>Permutation importance</h4>
${intervalPlot([...bars, ...groups], { axis: `by how much ${metric} is worse when values are shuffled, with its ${Math.round(confidence * 100)} % interval`, guides: [{ at: 0, name: 'nothing' }], bars: true })}
<p class="soft">Over ${whole(rows)} rows of the test set, shuffled ${repeats} times.${groups.length === 0 ? '' : ' Inputs that go together were also shuffled as one: alone each of them seems to matter less than it does.'}${unseen.map((text) => ` ${text.charAt(0).toUpperCase()}${text.slice(1)}.`)} It says what this model uses, and not what causes anything.</p>
${dependences.length === 0 ? null : html`<h4>Partial dependence</h4><div class="plots">${dependences.map(dependencePlot)}</div><p class="soft">Mean of the predictions when every row has the value, with its interval; eight of ten rows lie in the lighter band.</p>`}`;
}

function dependencePlot({ input, kind, values, lines }: Dependence): Html {
  const shown = lines
    .slice(0, tones.length)
    .map((line, place): Banded => ({ ...line, name: line.class ?? 'prediction', tone: tones[place] ?? 'plain' }));
  const caption = shown.length > 1 ? legend(shown.map(({ name, tone }) => ({ name, tone }))) : null;
  const y = lines.length > 1 ? 'mean probability' : lines[0]?.class == null ? 'mean prediction' : `probability of ${lines[0].class}`;
  const options = { title: input, x: '', y, ...(caption !== null && { caption }) };
  return kind === 'number' ? bandPlot(values.map(Number), shown, options) : categoryPlot(values.map(String), shown, options);
}

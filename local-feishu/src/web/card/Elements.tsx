import { type ComponentType, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { CardJson } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { type Language, objectsIn, textOf, wordsOf } from '../lib/reading.ts';
import { marginOf } from './layout.ts';

/** How each component is drawn, by its tag. */
export type Views = Readonly<Record<string, ComponentType<{ node: CardJson }>>>;

/** Handed down, so that containers need not know every component. */
export const ViewsContext = createContext<Views>({});

const LabelContext = createContext('');

/** The line of text right before a control: what it asks for, to a reader of the screen. */
export const useLineBefore = (): string => useContext(LabelContext);

/** Components one after another. */
export function Elements({ list }: { list: unknown }) {
  const views = useContext(ViewsContext);
  const { language } = useSession();
  return (
    <>
      {objectsIn(list).map((node, index, all) => {
        const tag = textOf(node.tag) ?? '';
        const View = views[tag];
        const margin = marginOf(node);
        return (
          <div key={`${index} ${tag}`} class={`element element-${tag}`} style={margin}>
            <LabelContext.Provider value={lineOf(all[index - 1], language)}>
              {View ? <View node={node} /> : <Unknown tag={tag} />}
            </LabelContext.Provider>
          </div>
        );
      })}
    </>
  );
}

const lineOf = (node: CardJson | undefined, language: Language): string =>
  node?.tag === 'div' ? wordsOf(node.text, language) : '';

function Unknown({ tag }: { tag: string }) {
  const text = useText();
  return (
    <p class="unknown">
      {text('unsupported')}: <code>{tag}</code>
    </p>
  );
}

// What a window shows that the server has to be asked for, and asked again when it has changed.
import { useEffect, useState } from "preact/hooks";
import { changes } from "../store/client";
import { sayUnlessLost } from "../store/said";

/** What the server answers; null: not yet. `again` asks once more.
 * @param topics what of `changed` it depends on. */
export function useAsked<T>(question: () => Promise<T>, topics: readonly string[], ...inputs: readonly unknown[]): [T | null, () => void] {
  const [answer, setAnswer] = useState<T | null>(null);
  const [turn, setTurn] = useState(0);
  const turns = topics.map((topic) => changes.value[topic] ?? 0);
  useEffect(() => {
    let isHere = true;
    question().then((found) => isHere && setAnswer(found), sayUnlessLost);
    return () => {
      isHere = false;
    };
  }, [turn, ...turns, ...inputs]);
  return [answer, () => setTurn(turn + 1)];
}

// The text of a message: a tree that the server has parsed and made safe, as elements. No markup is ever read here.
import type { Block, Inline } from "../contract";
import { openLink, openPerson, openTag } from "../store/going";
import { t } from "../texts";

/** The blocks of a text. */
export function Tree({ body }: { body: readonly Block[] }) {
  return (
    <>
      {body.map((block, place) => (
        <BlockView key={place} block={block} />
      ))}
    </>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case "paragraph":
      return (
        <p dir="auto">
          <Line of={block.children} />
        </p>
      );
    case "heading":
      return (
        <p dir="auto" class={`heading level${block.level}`}>
          <Line of={block.children} />
        </p>
      );
    case "quote":
      return (
        <blockquote dir="auto" class="block-quote">
          {block.text}
        </blockquote>
      );
    case "code-block":
      return <pre class="code-block">{block.text}</pre>;
    default:
      return null;
  }
}

function Line({ of }: { of: readonly Inline[] }) {
  return (
    <>
      {of.map((piece, place) => (
        <Piece key={place} piece={piece} />
      ))}
    </>
  );
}

function Piece({ piece }: { piece: Inline }) {
  switch (piece.type) {
    case "text":
      return <>{piece.text}</>;
    case "emphasis":
      return <em>{piece.text}</em>;
    case "strong":
      return <strong>{piece.text}</strong>;
    case "strong-emphasis":
      return (
        <strong>
          <em>{piece.text}</em>
        </strong>
      );
    case "deleted":
      return <del>{piece.text}</del>;
    case "code":
      return <code>{piece.text}</code>;
    case "line-break":
      return <br />;
    case "link":
      // Where it leads is asked of the server first, and shown: no browser follows it by itself.
      return (
        <button type="button" class="link" dir="ltr" onClick={() => openLink(piece.url)}>
          {piece.url}
        </button>
      );
    case "tag":
      return (
        <button type="button" class="link" title={t("web.open_chat", { chat: `#${piece.name}` })} onClick={() => openTag(piece.name)}>
          #{piece.name}
        </button>
      );
    case "mention":
      return (
        <button type="button" class={`mention ${piece.own ? "own-mention" : ""}`} onClick={() => openPerson(piece.key)}>
          {piece.name}
        </button>
      );
    default:
      return null;
  }
}

import { cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { table } from "../generated/en";
import { useTable } from "../texts";
import { Tree } from "./tree";

vi.mock("../store/going", () => ({ openLink: vi.fn(), openPerson: vi.fn(), openTag: vi.fn() }));

beforeEach(() => useTable("en", table));
afterEach(cleanup);

const HOSTILE = `<img src=x onerror="alert(1)"><script>alert(1)</script>&lt;b&gt;`;

test("whatever a text says, it is text", () => {
  const { container } = render(
    <Tree
      body={[
        {
          type: "paragraph",
          children: [
            { type: "text", text: HOSTILE }, { type: "strong", text: HOSTILE }, { type: "emphasis", text: HOSTILE },
            { type: "strong-emphasis", text: HOSTILE }, { type: "deleted", text: HOSTILE }, { type: "code", text: HOSTILE },
            { type: "link", url: "javascript:alert(1)" }, { type: "tag", name: HOSTILE },
            { type: "mention", key: "0x04", name: HOSTILE, own: false }, { type: "line-break" },
          ],
        },
        { type: "quote", text: HOSTILE },
        { type: "heading", level: 2, children: [{ type: "text", text: HOSTILE }] },
        { type: "code-block", text: HOSTILE, language: HOSTILE },
      ]}
    />,
  ); // prettier-ignore
  expect(container.querySelectorAll("img, script, a, b, iframe, style")).toHaveLength(0);
  expect(container.textContent?.split(HOSTILE)).toHaveLength(12);
});

test("a link is a button: nothing is followed by itself", async () => {
  const { openLink } = await import("../store/going");
  const { getByRole } = render(<Tree body={[{ type: "paragraph", children: [{ type: "link", url: "https://example.org" }] }]} />);
  getByRole("button", { name: "https://example.org" }).click();
  expect(openLink).toHaveBeenCalledWith("https://example.org");
});

test("a kind of text that is not known is left out", () => {
  const { container } = render(<Tree body={[{ type: "table", text: "x" } as never]} />);
  expect(container.textContent).toBe("");
});

"""Two hands on a keyboard: nothing else touches the page, and what has the focus can always be seen."""

import re

from playwright.sync_api import Page, expect

FURTHEST = 220

# What a screen reader calls it, near enough: its label, or its words, those for screen readers among them.
_ACTIVE = """() => {
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return null;
    const labels = [...(one.labels || [])].map((label) => label.textContent).join(" ");
    const words = one.getAttribute("aria-label") || labels || one.textContent || one.value || "";
    const name = words.replace(/\\s+/g, " ").trim();
    const drawn = (on) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(on);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    const owner = one.closest("label") || one;
    const box = owner.getBoundingClientRect();
    const at = (x, y) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    const spots = [.1, .5, .9].flatMap((x) => [.2, .5, .8].map((y) => at(x, y)));
    // A heading or the page itself takes the focus to be read, and wears no ring.
    const ringed = drawn(one) || drawn(owner) || one.matches("main, h1, h2, dialog, [role=alert]");
    return { name, ringed, seen: spots.some((spot) => owner.contains(spot)) };
}"""


class Hands:
    """A person who uses no mouse. Every stop of the Tab key must be visible and ringed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = page.keyboard

    def active(self) -> str:
        """The name of what has the focus; empty when it is lost."""
        found = self.page.evaluate(_ACTIVE)
        return found["name"] if found else ""

    def to(self, words: str, *, back: bool = False) -> None:
        """Tab until what has the focus is called `words` (a regular expression, from its beginning)."""
        walked = []
        found = self.page.evaluate(_ACTIVE)
        for _ in range(FURTHEST):
            if found and re.match(words, found["name"]):
                return
            self.keys.press("Shift+Tab" if back else "Tab")
            found = self.page.evaluate(_ACTIVE)
            if found:
                assert found["ringed"], f"no visible focus on « {found['name'][:80]} »"
                assert found["seen"], f"something hides « {found['name'][:80]} », which has the focus"
                walked.append(found["name"][:40])
        raise AssertionError(f"Tab never reaches « {words} »: {walked[-60:]}")

    def press(self, words: str, *, key: str = "Enter", back: bool = False) -> None:
        self.to(words, back=back)
        self.keys.press(key)

    def fill(self, words: str, text: str) -> None:
        self.to(words)
        self.keys.press("Control+a")
        self.keys.type(text)

    def holds(self, words: str = ".") -> None:
        """What has the focus after a gesture is called `words`; it may take a moment, never the whole page."""
        self.page.wait_for_function(
            f"([words]) => new RegExp('^(?:' + words + ')', 'u').test((({_ACTIVE})() || {{ name: '' }}).name)",
            arg=[words],
        )

    def in_dialog(self, title: str) -> None:
        expect(self.page.locator("#dialogue")).to_be_visible()
        expect(self.page.locator("#dialogue h1")).to_contain_text(title)
        # For a moment what has come is there and not yet htmx's: nobody's hands are that quick.
        expect(self.page.locator("#dialogue")).not_to_have_class(re.compile("htmx-settling"))
        assert self.page.evaluate("document.getElementById('dialogue').contains(document.activeElement)")

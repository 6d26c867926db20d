"""What every page must hold, looked at in Chromium: axe, its frame, its width, the size of what one touches."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# What the width or the colours can change; all the rest of axe says the same in the four looks.
DEPENDENT_RULES = [
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
    "meta-viewport",
    "css-orientation-lock",
    "label-content-name-mismatch",
    "aria-hidden-focus",
    "bypass",
    "region",
    "page-has-heading-one",
    "heading-order",
]
LOOKS = [(1280, "light"), (390, "light"), (390, "dark"), (1280, "dark")]

_RUN = """async (rules) => {
    const options = { resultTypes: ["violations"] };
    if (rules) options.runOnly = { type: "rule", values: rules };
    const found = await axe.run(document, options);
    const places = (one) => one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ");
    return found.violations.map((one) => `${one.id}: ${places(one)}`);
}"""

# The frame: a language, one title of the page, a way past the header, a name in the tab.
_FRAME = """() => {
    const said = [];
    const shown = (one) => one.checkVisibility();
    if (document.documentElement.lang !== "fr") said.push("lang");
    const titles = [...document.querySelectorAll("h1")].filter(shown);
    if (titles.length !== 1) said.push(`${titles.length} h1`);
    const link = document.querySelector("a[href], button, input:not([type=hidden]), select, textarea, summary");
    const aim = link?.matches(".evitement") && document.getElementById(link.getAttribute("href").slice(1));
    if (!aim || !aim.matches("main, [tabindex='-1']")) said.push("no skip link");
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) said.push(`id twice: ${id}`);
    if (document.querySelectorAll("[role=status], [aria-live=polite]").length > 3) said.push("many live regions");
    return said;
}"""

# A finger needs 44 px, except for a link within a sentence. Of a box or a dot, its label counts too.
_SMALL = """() => {
    const says = (node) => node.textContent.trim().length > 1 && !node.matches?.("a, button, .vh");
    const sentence = (one) => getComputedStyle(one).display === "inline"
        && [...one.parentElement.childNodes].some((node) => node !== one && says(node));
    const small = (one) => {
        const aim = one.matches("[type=checkbox], [type=radio]") && one.closest("label") || one;
        const [box, over] = [aim.getBoundingClientRect(), getComputedStyle(aim, "::after")];
        const spread = Math.min(parseFloat(over.height), parseFloat(over.width));
        if (over.position === "absolute" && spread >= 43.5) return false;
        const writes = one.matches("textarea, select, input:not([type=checkbox], [type=radio])");
        return box.height < 43.5 || (!writes && box.width < 43.5);
    };
    return [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".vh, .evitement, [inert]"))
        .filter((one) => small(one) && !(one.matches("a, button") && sentence(one)))
        .map((one) => {
            const { width, height } = one.getBoundingClientRect();
            return `${Math.round(width)}×${Math.round(height)} ${one.outerHTML.replace(/\\s+/g, " ").slice(0, 110)}`;
        });
}"""


def sideways(page: Page) -> list[str]:
    """What sticks out of the page, if the page scrolls sideways."""
    out: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility())
            .slice(-3).map((one) => one.outerHTML.slice(0, 110))
            .concat(`${document.documentElement.scrollWidth} px`)"""
    )
    return out


def faults(page: Page) -> list[str]:
    """All that is wrong with the page that stands there, in the four looks and at 320 px; left at 320 px, dark."""
    said: list[str] = []

    def note(where: str, found: list[Any]) -> None:
        said.extend(f"{where}: {one}" for one in found)

    page.evaluate(AXE_SCRIPT)
    for rank, (width, scheme) in enumerate(LOOKS):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        # Whole: a bar that stays at the foot of a screen covers what one can scroll to, which axe would take for small.
        page.set_viewport_size(
            {"width": width, "height": min(page.evaluate("document.documentElement.scrollHeight"), 8000)}
        )
        where = f"{width} {scheme}"
        note(where, page.evaluate(_RUN, None if rank == 0 else DEPENDENT_RULES))
        if scheme == "light":
            note(where, page.evaluate(_SMALL))
        if rank == 0:
            note("frame", page.evaluate(_FRAME))
        note(f"{where}, sideways", sideways(page) if width == 390 else [])
    page.set_viewport_size({"width": 320, "height": 844})
    note("320, sideways", sideways(page))
    return said

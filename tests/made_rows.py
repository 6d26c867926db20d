"""What static/rows.js makes of a room’s rows, for the pages of `tests.htmx`; tests/browser/test_rows.py compares."""

from copy import deepcopy

from lxml.html import HtmlElement


def make_rows(part: HtmlElement, page: HtmlElement, address: str) -> None:
    """The form of each box and the menu of each row in `part`, from the models of `page`, the room at `address`."""
    for row in part.xpath("descendant-or-self::li[@class='rang']"):
        _make_row(row, page, address)


def _make_row(row: HtmlElement, page: HtmlElement, address: str) -> None:
    identifier = row.get("id").removeprefix("candidat-")
    heading = row.xpath(".//h3")[0]
    last, first = heading[0].text, (heading[0].tail or "").strip()
    own = f"{address}candidats/{identifier}/"
    for button in row.xpath(".//*[starts-with(@formaction, 'candidats/')]"):
        button.set("formaction", address + button.get("formaction"))
    for one in row.xpath(".//noscript"):
        one.drop_tree()
    for link in row.xpath("./a"):
        menu = _menu(page, (link.get("data-gestes") or "").split(), f"{first} {last}", own)
        menu.set("id", f"menu-{identifier}")
        menu[0].set("id", f"menu-bouton-{identifier}")
        place = row.xpath("./div[@class='rang__poste']/b/text()")
        told = f"Poste {place[0]} · " if place else ""
        menu.xpath(".//p")[0].text = f"{told}{last} {first}"
        row.replace(link, menu)
    for box in row.xpath(".//div[@class='rang__case']//input"):
        form = _model(page, "modele-case")
        form.set("action", f"{own}presence/")
        form.set("hx-post", f"{own}presence/")
        for name, value in (("id", f"presence-{identifier}"), ("name", "present"), ("value", "1")):
            box.set(name, value)
        if not box.get("aria-describedby"):
            box.attrib.pop("disabled", None)
        label = box.getparent()
        label.getparent().replace(label, form)
        form.append(label)


def _menu(page: HtmlElement, keys: list[str], name: str, own: str) -> HtmlElement:
    menu = _model(page, "modele-menu")
    named = menu.xpath("./summary/span")[0]
    named.text += name
    for part in menu.xpath(".//*[@data-si]"):
        if part.get("data-si") in keys:
            del part.attrib["data-si"]
        else:
            part.drop_tree()
    for button in menu.xpath(".//button"):
        button.set("formaction", own + button.get("formaction"))
        button[-1].text += name
    return menu


def _model(page: HtmlElement, name: str) -> HtmlElement:
    (found,) = page.xpath("//template[@id=$name]/*", name=name)
    model = deepcopy(found)
    model.tail = None
    return model
